import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { createDeadline, retry } from '../engine/deadline.ts';
import type { Engine } from '../engine/engine.ts';
import { createBuilders } from '../engine/query-builder.ts';
import type { Schema } from '../schema/schema.ts';
import { dialect } from './dialect.ts';
import { createGroupCommit } from './group-commit.ts';
import { guardFile } from './file-guard.ts';
import { realPath } from './file-name.ts';
import { makeDirectory } from './make-directory.ts';
import { createRunner, isBusy, yieldingRunner } from './runner.ts';
import { createTraceEraser } from './trace-eraser.ts';

/** How much of the file the read connection caches at most, in KiB. */
const readCacheKiB = 65_536;

/**
 * Opens SQLite in WAL mode, in which reads never wait for writes: one connection writes, another reads. The wait for
 * another process's write lock is asynchronous; SQLite's own busy timeout would block every other request of this process.
 */
export const openEngine = async (name: string, deadlineMs: number): Promise<Engine> => {
  const path = realPath(name);
  makeDirectory(dirname(path));
  const writer = await openConnection(path, deadlineMs);
  const reader = await openConnection(path, deadlineMs);
  reader.pragma('query_only = on');
  reader.pragma(`cache_size = -${readCacheKiB}`);
  const requireFile = guardFile(path);
  requireFile();
  return createEngine({ writer, reader, requireFile }, deadlineMs);
};

/** An engine on an empty database in memory, to see what the migrations create. */
export const openMemoryEngine = (deadlineMs: number): { engine: Engine; database: Database.Database } => {
  const database = new Database(':memory:');
  return { engine: createEngine({ writer: database, reader: database, requireFile: () => {} }, deadlineMs), database };
};

interface Connections {
  readonly writer: Database.Database;
  readonly reader: Database.Database;
  /** Throws when the file of the database is no longer there. */
  readonly requireFile: () => void;
}

const createEngine = ({ writer, reader, requireFile }: Connections, deadlineMs: number): Engine => {
  const build = createBuilders<Schema>(dialect);
  const run = createRunner(writer, deadlineMs);
  const reads = build(yieldingRunner(createRunner(reader, deadlineMs)));
  const { transaction, betweenBatches } = createGroupCommit({ database: writer, run, build, requireFile }, deadlineMs);
  const traces = createTraceEraser(writer, betweenBatches);
  return {
    transaction,
    eraseTraces: traces.erase,
    writes: build(run),
    reads,
    requireFile,
    background: reads,
    generatedId: (column) => column.primaryKey().autoIncrement(),
    appendOnly,
    byteOrder: () => [],
    // Transactions run one at a time: no other one changes what they read.
    locksRows: false,
    pbkdf2Iterations: `integer generated always as (case when password_hash glob 'pbkdf2_sha256$*$*'
      and instr(substr(password_hash, 15), '$') between 2 and 10
      and substr(password_hash, 15, instr(substr(password_hash, 15), '$') - 1) not glob '*[^0-9]*'
      then cast(substr(password_hash, 15) as integer) end) virtual`,
    largeId: 'integer',
    connections: () => ({}),
    // `begin immediate` admits one writer at a time: transactions cannot conflict.
    isConflict: () => false,
    async close() {
      traces.stop();
      reader.close();
      writer.close();
    },
  };
};

const openConnection = async (path: string, deadlineMs: number): Promise<Database.Database> => {
  // The file holds password hashes: no other user may read it. Its -wal and -shm inherit the mode.
  // An existing file stays closed: closing it would drop the locks that this process holds through another connection.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: 0 });
  try {
    await retry(() => database.pragma('journal_mode = wal'), isBusy, createDeadline(deadlineMs));
    // Overwrites the data of an erased account in the file.
    database.pragma('secure_delete = on');
    // In WAL mode, anything less than FULL may lose the last commits in a power failure.
    database.pragma('synchronous = full');
    database.pragma('foreign_keys = on');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** `insert or replace` would delete a row without running the delete trigger: the third trigger rejects a used id. */
export const appendOnly: Engine['appendOnly'] = (table) =>
  [
    `unchanged before update on ${table}`,
    `kept before delete on ${table} when old.keep_until > strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
    `not_replaced before insert on ${table} when exists (select 1 from ${table} where id = new.id)`,
  ].map((event) => `create trigger ${table}_${event} begin select raise(abort, '${table} only grows'); end`);
