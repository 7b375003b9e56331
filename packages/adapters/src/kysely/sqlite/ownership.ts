import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { createDeadline, retry } from '../engine/deadline.ts';
import { type ColumnRow, requireOwnTables, type Table, toTables } from '../schema/ownership.ts';
import { StoreError } from '../../store-error.ts';
import { realPath } from './file-name.ts';
import { isBusy } from './runner.ts';

/** Reads the tables of the database. Virtual tables have no columns: this build of SQLite may lack their module. */
export const readTables = (database: Pick<Database.Database, 'prepare'>): Table[] =>
  toTables(
    database
      .prepare<[], ColumnRow>(
        `select m.name, c.name as "column" from sqlite_master m
         left join pragma_table_info(iif(m.sql like 'create virtual %', '', m.name)) c
         where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'`,
      )
      .all(),
  );

/**
 * Throws `StoreError` when the file is a database of another program. Runs before the file is opened as a store, because
 * opening it changes it.
 */
export const requireOwnership = async (path: string, deadlineMs: number): Promise<void> => {
  const file = realPath(path);
  if (!existsSync(file)) return;
  if (!statSync(file).isFile())
    throw new StoreError(`${path} is not a file. Name a file, for example in DATABASE_URL.`);
  const read = () => {
    // A connection that may write would, on closing, move the write-ahead log of another program into the file.
    const database = new Database(file, { readonly: existsSync(`${file}-wal`), fileMustExist: true, timeout: 0 });
    try {
      return readTables(database);
    } finally {
      database.close();
    }
  };
  requireOwnTables(await retry(read, isBusy, createDeadline(deadlineMs)), path);
};
