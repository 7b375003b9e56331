import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { refuse } from '@mentorship/domain';
import Database, { type Statement } from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { type Engine, retrying } from './engine.ts';
import { makeFolder } from './make-folder.ts';
import type { Schema } from './schema.ts';

/**
 * SQLite in WAL mode, so that reads never wait for writes: one connection writes, another reads.
 * Another process may hold the write lock; waiting for it is asynchronous, never in the database's own busy timeout,
 * which would stop every other request of this process.
 */
export const openSqlite = async (path: string, patience: number): Promise<Engine> => {
  makeFolder(dirname(path));
  const writer = await openFile(path, patience);
  const reader = await openFile(path, patience);
  reader.pragma('query_only = on');
  const writes = new Kysely<Schema>({ dialect: sqliteDialect(writer, patience) });
  const reads = new Kysely<Schema>({ dialect: sqliteDialect(reader, patience) });
  return {
    writes,
    reads,
    background: reads,
    generatedId: (column) => column.primaryKey().autoIncrement(),
    appendOnly,
    byteOrder: () => [],
    // One transaction writes at a time: what it reads is its own.
    locking: (query) => query,
    lockingFree: (query) => query,
    pbkdf2Iterations: `integer generated always as (case when password_hash glob 'pbkdf2_sha256$*$*'
      and instr(substr(password_hash, 15), '$') between 2 and 10
      and substr(password_hash, 15, instr(substr(password_hash, 15), '$') - 1) not glob '*[^0-9]*'
      then cast(substr(password_hash, 15) as integer) end) virtual`,
    largeId: 'integer',
    connections: () => ({}),
    // One writer at a time, from `begin immediate` on: nothing is left to conflict with.
    isConflict: () => false,
    async close() {
      await reads.destroy();
      await writes.destroy();
      // Kysely does not close what it has never queried.
      reader.close();
      writer.close();
    },
  };
};

const openFile = async (path: string, patience: number): Promise<Database.Database> => {
  // It holds password hashes: nobody else on the machine reads it. Its -wal and -shm take over the mode.
  closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: 0 });
  try {
    await retrying(() => database.pragma('journal_mode = wal'), isBusy, patience);
    // What an account that ends leaves in the file is overwritten.
    database.pragma('secure_delete = on');
    // In WAL mode anything less than FULL may lose the last commits when the power goes.
    database.pragma('synchronous = full');
    database.pragma('foreign_keys = on');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** `insert or replace` would delete without asking the trigger for deletes: a number that is there is not given again. */
const appendOnly: Engine['appendOnly'] = (table) =>
  [
    `unchanged before update on ${table}`,
    `kept before delete on ${table} when old.keep_until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
    `not_replaced before insert on ${table} when exists (select 1 from ${table} where id = new.id)`,
  ].map((event) => `create trigger ${table}_${event} begin select raise(abort, '${table} only grows'); end`);

const sqliteDialect = (database: Database.Database, patience: number): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => sqliteDriver(database, patience),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

const sqliteDriver = (database: Database.Database, patience: number): Driver => {
  const connection = sqliteConnection(database, patience);
  const run = (sql: string) => connection.executeQuery(CompiledQuery.raw(sql));
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    // A deferred transaction that reads before it writes loses to any writer in between.
    beginTransaction: async () => void (await run('begin immediate')),
    commitTransaction: async () => void (await run('commit')),
    // A full disk ends the transaction by itself.
    rollbackTransaction: async () => void (database.inTransaction && (await run('rollback'))),
    releaseConnection: async () => {},
    destroy: async () => void database.close(),
  };
};

const sqliteConnection = (database: Database.Database, patience: number): DatabaseConnection => {
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    if (statements.size >= largestStatementCache) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
  const execute = (sql: string, parameters: readonly unknown[]) => {
    const statement = prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as never[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
  };

  return {
    async executeQuery({ sql, parameters }) {
      try {
        return await retrying(
          () => execute(sql, parameters),
          (error) => isBusy(error) && !database.inTransaction,
          patience,
        );
      } catch (error) {
        throw isUnavailable(error) ? refuse('storage_unavailable', { cause: error }) : error;
      }
    },
    streamQuery() {
      throw new Error('Nothing here streams from SQLite.');
    },
  };
};

/** The queries are a closed set; only those with lists of varying length could fill it. */
const largestStatementCache = 500;

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);

/** What the disk, its owner or another process does to us, as opposed to a mistake in a query. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Database.SqliteError &&
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL|PERM|AUTH)/.test(error.code);
