import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { sqlitePath } from '../../kysely/store.ts';
import { pendingMigrations } from '../archive/open-archive.ts';
import { openSqliteArchive, requireSqliteFile } from '../archive/sqlite-archive.ts';
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
  await requireReadable(path);
  using copy = openAtomicFile(resolve(file));
  await copy.fill(async () => {
    await copySnapshot(path, copy.path, onProgress);
    await finalizeCopy(copy.path, path);
  });
  copy.rename();
};

const requireReadable = async (path: string): Promise<void> => {
  await using source = openSqliteArchive(path);
  await source.snapshot();
  await pendingMigrations(source);
};

const copySnapshot = async (path: string, to: string, onProgress: OnProgress): Promise<void> => {
  requireSqliteFile(path);
  const database = new Database(path, { fileMustExist: true });
  try {
    // Copies what this transaction sees: otherwise every write of another process would restart the copy.
    database.exec('begin');
    database.pragma('schema_version');
    await database.backup(to, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages);
        return pagesPerBatch;
      },
    });
  } finally {
    database.close();
  }
};
