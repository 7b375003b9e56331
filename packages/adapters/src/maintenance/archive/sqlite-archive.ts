import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Kysely, sql, SqliteDialect } from 'kysely';
import type { Schema } from '../../kysely/schema/schema.ts';
import { realPath } from '../../kysely/sqlite/file-name.ts';
import { StoreError } from '../../store-error.ts';
import { readTables } from '../../kysely/sqlite/ownership.ts';
import type { Archive, ArchiveOptions } from './archive.ts';
import {
  isDamage,
  newSqlitePrograms,
  sqliteBrokenPages,
  sqlitePrograms,
  sqliteShape,
  sqliteStrayRows,
} from './sqlite-inspection.ts';

/** A read may wait this long for another process that recovers the store after a crash. */
const recoveryTimeoutMs = 5000;

/** The first bytes of every SQLite database. */
const header = 'SQLite format 3\0';

/** Throws `StoreError` unless there is an SQLite database at the path. Creates and changes nothing. */
export const requireSqliteFile = (path: string): void => {
  if (!existsSync(path)) throw new StoreError(`There is no file ${path}. Check the path.`);
  if (!statSync(path).isFile()) throw new StoreError(`${path} is not a file. Check the path.`);
  const beginning = Buffer.alloc(header.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, beginning, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  if (beginning.toString('latin1') !== header)
    throw new StoreError(`${path} is not an SQLite database. Check the path.`);
};

/**
 * Opens the SQLite database in an existing file. With `readOnly`, what a previous process left in the file -wal stays
 * there; otherwise closing moves it into the database.
 */
export const openSqliteArchive = (path: string, { readOnly = false }: ArchiveOptions = {}): Archive => {
  requireSqliteFile(path);
  const file = realPath(path);
  // Without a file -wal SQLite creates one to read, and only a connection that may write removes it again.
  const readonly = readOnly && existsSync(`${file}-wal`);
  const database = new Database(file, { readonly, fileMustExist: true, timeout: 0 });
  database.pragma('foreign_keys = on');
  // Sorting a large store would need a folder for temporary files.
  database.pragma('temp_store = memory');
  try {
    database.pragma('synchronous = full');
  } catch (error) {
    // A damaged schema is reported by the first query; opening must still succeed, to lock the file.
    if (!isDamage(error)) throw error;
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });

  return {
    title: path,
    db,
    async begin() {
      try {
        // No other process can open the database until this one closes it.
        database.pragma('locking_mode = exclusive');
        database.exec('begin immediate');
      } catch (error) {
        if (!isBusy(error)) throw error;
        throw inUse(path);
      }
    },
    async commit() {
      database.exec('commit');
    },
    async snapshot() {
      database.pragma(`busy_timeout = ${recoveryTimeoutMs}`);
      database.pragma('query_only = on');
      database.exec('begin');
    },
    brokenPages: async () => sqliteBrokenPages(database),
    strayRows: async () => sqliteStrayRows(database),
    tables: async () => readTables(database),
    shape: async () => sqliteShape(database),
    programs: async () => sqlitePrograms(database),
    expectedPrograms: newSqlitePrograms,
    async lastId(table) {
      const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${table}`.execute(db);
      return rows[0]?.seq ?? 0;
    },
    async setLastId(table, id) {
      await sql`delete from sqlite_sequence where name = ${table}`.execute(db);
      await sql`insert into sqlite_sequence (name, seq) values (${table}, ${id})`.execute(db);
    },
    async [Symbol.asyncDispose]() {
      if (database.inTransaction) database.exec('rollback');
      await db.destroy();
      database.close();
    },
  };
};

export const inUse = (path: string): StoreError =>
  new StoreError(`${path} is in use. Stop the service, and every other program that has it open, first.`);

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
