import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { rejectForeign } from '../schema/ownership.ts';
import { createDeadline, retrying } from '../engine/deadline.ts';
import { isBusy } from './runner.ts';
import { sqliteTables } from '../tables.ts';

/** Throws `StoreError` when the file is a database of something else, before it is opened as a store: that alone changes it. */
export const refuseForeignFile = async (path: string, patience: number): Promise<void> => {
  if (!existsSync(path)) return;
  const look = () => {
    // Whoever could write to it would, when closing, put into it what its last user has left beside it.
    const database = new Database(path, { readonly: existsSync(`${path}-wal`), fileMustExist: true, timeout: 0 });
    try {
      return sqliteTables(database);
    } finally {
      database.close();
    }
  };
  rejectForeign(await retrying(look, isBusy, createDeadline(patience)), path);
};
