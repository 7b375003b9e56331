import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Kysely, sql, SqliteDialect } from 'kysely';
import type { Schema } from '../../kysely/schema/schema.ts';
import { StoreError } from '../../store-error.ts';
import { readTables } from '../../kysely/sqlite/ownership.ts';
import type { Archive } from './archive.ts';
import { isDamage, sqliteBrokenPages, sqliteShape, sqliteStrayRows } from './sqlite-inspection.ts';

/** How long a read may wait for another process that has just found the store as a crash left it, in milliseconds. */
const longestWait = 5000;

/** How every SQLite database begins. */
const header = 'SQLite format 3\0';

/** Throws `StoreError` unless there is an SQLite database at the path. Nothing is created or changed. */
export const requireSqliteFile = (path: string): void => {
  if (!existsSync(path)) throw new StoreError(`There is no file ${path}. Check the path.`);
  if (!statSync(path).isFile()) throw new StoreError(`${path} is no file. Check the path.`);
  const beginning = Buffer.alloc(header.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, beginning, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  if (beginning.toString('latin1') !== header) throw new StoreError(`${path} is no SQLite database. Check the path.`);
};

/**
 * The SQLite database in an existing file. Whoever only looks leaves what its last user has left in the file -wal where it
 * is; anybody else, when closing, would put it into the database.
 */
export const openSqliteArchive = (path: string, { looking = false }: { looking?: boolean } = {}): Archive => {
  requireSqliteFile(path);
  // Where there is no such file, SQLite makes one to look, and takes only one who may write away again.
  const readonly = looking && existsSync(`${path}-wal`);
  const database = new Database(path, { readonly, fileMustExist: true, timeout: 0 });
  database.pragma('foreign_keys = on');
  try {
    database.pragma('synchronous = full');
  } catch (error) {
    // A schema that cannot be read is found out by whoever reads it; nobody else shall open even that.
    if (!isDamage(error)) throw error;
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });

  return {
    title: path,
    db,
    async begin() {
      try {
        // From now on, until it is closed: nobody else can open the database.
        database.pragma('locking_mode = exclusive');
        database.exec('begin immediate');
      } catch (error) {
        if (!isBusy(error)) throw error;
        throw new StoreError(`${path} is in use. Stop the service, and whatever else has it open, first.`);
      }
    },
    async commit() {
      database.exec('commit');
    },
    async snapshot() {
      database.pragma(`busy_timeout = ${longestWait}`);
      database.pragma('query_only = on');
      database.exec('begin');
    },
    brokenPages: async () => sqliteBrokenPages(database),
    strayRows: async () => sqliteStrayRows(database),
    tables: async () => readTables(database),
    shape: async () => sqliteShape(database),
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

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
