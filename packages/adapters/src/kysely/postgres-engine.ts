import { refuse } from '@mentorship/domain';
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { ConnectionLoad } from '../store.ts';
import type { Engine } from './engine.ts';
import type { Schema } from './schema.ts';

/** How long a server may take to let us in, in milliseconds: one that is not there may never say so. */
const longestConnect = 10_000;

/** How many connections one process opens at most. */
const poolSize = 10;

/** PostgreSQL through a pool of connections, and one beside it for the background. */
export const openPostgres = (url: string, patience: number): Engine => {
  const pools = { requests: openPool(url, patience, poolSize), background: openPool(url, patience, 1) };
  const [database, background] = [withPool(pools.requests, patience), withPool(pools.background, patience)];
  return {
    writes: database,
    reads: database,
    background,
    generatedId: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
    appendOnly,
    byteOrder: (table, column) => [`alter table ${table} alter column ${column} type text collate "C"`],
    locking: (query) => query.forUpdate() as unknown as typeof query,
    lockingFree: (query) => query.forUpdate().skipLocked() as typeof query,
    pbkdf2Iterations: `integer generated always as (case when password_hash ~ '^pbkdf2_sha256[$][0-9]{1,9}[$]'
      then split_part(password_hash, '$', 2)::integer end) stored`,
    largeId: 'bigint',
    isConflict: (error) => error instanceof pg.DatabaseError && conflicts.has(error.code ?? ''),
    connections: () => ({ requests: loadOf(pools.requests), background: loadOf(pools.background) }),
    async close() {
      await background.destroy();
      await database.destroy();
    },
  };
};

/** Every wait has an end: for a connection, for a statement, for an answer. */
const openPool = (url: string, patience: number, max: number): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: Math.min(patience, longestConnect),
    query_timeout: patience,
    keepAlive: true,
    application_name: 'mentorship',
  });
  // An idle connection that breaks has been taken out of the pool already: the next request opens another.
  pool.on('error', () => {});
  return pool;
};

const loadOf = ({ totalCount, idleCount, waitingCount, options }: pg.Pool): ConnectionLoad => ({
  busy: totalCount - idleCount,
  idle: idleCount,
  waiting: waitingCount,
  most: options.max,
});

const withPool = (pool: pg.Pool, patience: number): Kysely<Schema> =>
  new Kysely<Schema>({
    dialect: new PostgresDialect({
      pool: { connect: () => checkOut(pool, patience), end: () => pool.end(), options: pool.options },
    }),
  });

const appendOnly: Engine['appendOnly'] = (table) => [
  `create function ${table}_only_grows() returns trigger language plpgsql as $$
  begin
    if tg_op = 'DELETE' then
      if old.keep_until <= to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') then
        return old;
      end if;
    end if;
    raise exception '${table} only grows' using errcode = 'restrict_violation';
  end $$`,
  `create trigger ${table}_kept before update or delete on ${table} for each row execute function ${table}_only_grows()`,
  `create trigger ${table}_not_emptied before truncate on ${table} for each statement execute function ${table}_only_grows()`,
];

/** serialization_failure and deadlock_detected: PostgreSQL, and engines that speak its protocol, ask to run it again. */
const conflicts = new Set(['40001', '40P01']);

/** A connection out of the pool whose faults are `storage_unavailable`, and which does not go back after one. */
const checkOut = async (pool: pg.Pool, patience: number): Promise<PostgresPoolClient> => {
  const client = await pool.connect().catch(unavailable);
  const known = clients.get(client);
  if (known) return known;
  let fault: unknown;
  // The pool listens to idle connections alone; a break that nobody hears of would end the process.
  client.on('error', (error) => {
    fault = error;
  });
  const query = async (sql: string, parameters?: readonly unknown[]) => {
    if (fault) throw refuse('storage_unavailable', { cause: fault });
    try {
      if (sql !== 'begin') return await client.query(sql, parameters as unknown[]);
      // Neither a connection option nor a setting of the session: behind PgBouncer, transactions share connections.
      // The server gives up first, so that a slow statement does not cost the connection, and a process that hangs or
      // vanishes in a transaction keeps nobody else from the rows that it has locked.
      await client.query(
        `begin; set local statement_timeout = ${patience * 0.75}; set local idle_in_transaction_session_timeout = ${patience}`,
      );
      return { command: 'BEGIN', rows: [] };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) fault = error;
      throw isUnavailable(error) ? refuse('storage_unavailable', { cause: error }) : error;
    }
  };
  const checkedOut = { query, release: () => client.release(fault !== undefined) } as unknown as PostgresPoolClient;
  clients.set(client, checkedOut);
  return checkedOut;
};

const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();

/**
 * What has no SQLSTATE is a connection that failed. Of the SQLSTATE classes: connection (08), resources (53), operator
 * intervention (57, a statement timeout among them), system (58), read-only standby (25006), idle in a transaction (25P03), lock not available (55P03).
 */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || /^(08|53|57|58|25006|25P03|55P03)/.test(error.code ?? '');

const unavailable = (error: unknown): never => {
  throw refuse('storage_unavailable', { cause: error });
};
