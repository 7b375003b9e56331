import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

import type { Engine } from '../engine/engine.ts';
import { makeFolder } from './make-directory.ts';
import { createDeadline, retrying } from '../engine/deadline.ts';
import { createBuilders } from '../engine/query-builder.ts';
import type { Schema } from '../schema/schema.ts';
import { sqliteDialect } from './dialect.ts';
import { createRunner, isBusy } from './runner.ts';
import { createTransactions } from './group-commit.ts';

/** How much of the file the connection that reads keeps, as it is read, in KiB. */
const readCache = 65_536;

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
  reader.pragma(`cache_size = -${readCache}`);
  const build = createBuilders<Schema>(sqliteDialect);
  const run = createRunner(writer, patience);
  const reads = build(createRunner(reader, patience));
  return {
    transaction: createTransactions({ database: writer, run, build }, patience),
    writes: build(run),
    reads,
    background: reads,
    generatedId: (column) => column.primaryKey().autoIncrement(),
    appendOnly,
    byteOrder: () => [],
    // One transaction writes at a time: what it reads is its own.
    locksRows: false,
    pbkdf2Iterations: `integer generated always as (case when password_hash glob 'pbkdf2_sha256$*$*'
      and instr(substr(password_hash, 15), '$') between 2 and 10
      and substr(password_hash, 15, instr(substr(password_hash, 15), '$') - 1) not glob '*[^0-9]*'
      then cast(substr(password_hash, 15) as integer) end) virtual`,
    largeId: 'integer',
    connections: () => ({}),
    // One writer at a time, from `begin immediate` on: nothing is left to conflict with.
    isConflict: () => false,
    async close() {
      reader.close();
      writer.close();
    },
  };
};

const openFile = async (path: string, patience: number): Promise<Database.Database> => {
  // It holds password hashes: nobody else on the machine reads it. Its -wal and -shm take over the mode.
  // Not where it is there: to close a file takes away the locks that this process has on it by another connection.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: 0 });
  try {
    await retrying(() => database.pragma('journal_mode = wal'), isBusy, createDeadline(patience));
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
