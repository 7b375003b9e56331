import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { realPath, sidecars } from '../../kysely/sqlite/file-name.ts';
import { sqlitePath } from '../../kysely/store.ts';
import { StoreError } from '../../store-error.ts';
import { pendingMigrations } from '../archive/open-archive.ts';
import { inUse, openSqliteArchive, requireSqliteFile } from '../archive/sqlite-archive.ts';
import { existsAlready, openAtomicFile } from './atomic-file.ts';
import { finalizeCopy } from './finalize-copy.ts';
import { usePgDump } from './postgres-tools.ts';

/** Between two batches, other work of this process runs. */
const pagesPerBatch = 2000;

/** Hears how many pages have been copied. */
type OnProgress = (done: number, total: number) => void;

/**
 * Writes a backup of an SQLite store to a new file, while services keep writing. It holds all that was committed before it
 * began, and nothing later. Throws `StoreError`, and then leaves no file.
 */
export const backupStore = async (url: string, file: string, onProgress: OnProgress = () => {}): Promise<void> => {
  const path = sqlitePath(url);
  if (path === null) throw usePgDump(url, file);
  if (existsSync(file)) throw existsAlready(file);
  rejectSidecars(realPath(file));
  await requireReadable(path);
  using copy = openAtomicFile(file);
  await copy.fill(async () => {
    await copySnapshot(path, copy.path, onProgress);
    await finalizeCopy(copy.path, path);
  });
  copy.rename();
};

/** SQLite would read files of these names as parts of the backup, or the backup as a part of another database. */
const rejectSidecars = (file: string): void => {
  const left = sidecars
    .map((ending) => file + ending)
    .find((name) => (statSync(name, { throwIfNoEntry: false })?.size ?? 0) > 0);
  if (left !== undefined) throw existsAlready(left);
  if (sidecars.some((ending) => file.endsWith(ending)))
    throw new StoreError(
      `SQLite keeps parts of a database in files that end with ${sidecars.join(', ')}. Name another file.`,
    );
};

const requireReadable = async (path: string): Promise<void> => {
  await using source = openSqliteArchive(path);
  await source.snapshot();
  await pendingMigrations(source);
};

/** Copies what one transaction sees into a new file, or over another database in one transaction. Throws `StoreError`. */
export const copySnapshot = async (path: string, to: string, onProgress: OnProgress = () => {}): Promise<void> => {
  requireSqliteFile(path);
  const database = new Database(path, { fileMustExist: true });
  try {
    // Copies what this transaction sees: otherwise every write of another process would restart the copy.
    database.exec('begin');
    database.pragma('schema_version');
    const { totalPages } = await database.backup(to, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages);
        return pagesPerBatch;
      },
    });
    // SQLite could not lock the other database.
    if (totalPages === 0) throw inUse(to);
  } finally {
    database.close();
  }
};
