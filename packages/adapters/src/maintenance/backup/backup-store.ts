import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { sqlitePath } from '../../kysely/store.ts';
import { existsAlready, openAtomicFile } from './atomic-file.ts';
import { openSqliteArchive, requireSqliteFile } from '../archive/sqlite-archive.ts';
import { stepsToBeDone } from '../archive/open-archive.ts';
import { dumpInstead } from './postgres-tools.ts';
import { settleCopy } from './finalize-copy.ts';

/** How many pages are copied before others get their turn. */
const pagesAtATime = 2000;

/**
 * Writes a backup of an SQLite store to a new file, while services write on: what was acknowledged before it began is in it,
 * what comes later is not. `onProgress` hears of pages. Throws `StoreError`; then there is no such file.
 */
export const backupStore = async (
  url: string,
  file: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> => {
  const path = sqlitePath(url);
  if (path === null) throw dumpInstead(url, file);
  if (existsSync(file)) throw existsAlready(file);
  await requireReadable(path);
  using copy = openAtomicFile(resolve(file));
  await copyTimestamp(path, copy.path, onProgress);
  await settleCopy(copy.path, path);
  copy.place();
};

const requireReadable = async (path: string): Promise<void> => {
  await using source = openSqliteArchive(path);
  await source.snapshot();
  await stepsToBeDone(source);
};

const copyTimestamp = async (
  path: string,
  to: string,
  onProgress: (done: number, total: number) => void,
): Promise<void> => {
  requireSqliteFile(path);
  const database = new Database(path, { fileMustExist: true });
  try {
    // What this transaction sees stays as it is: else every write of another process would make the copy begin again.
    database.exec('begin');
    database.pragma('schema_version');
    await database.backup(to, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages);
        return pagesAtATime;
      },
    });
  } finally {
    database.close();
  }
};
