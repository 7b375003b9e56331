import { refuse } from '@mentorship/domain';
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Engine } from './engine.ts';
import type { Schema } from './schema.ts';

/** How long a server may take to let us in, in milliseconds: one that is not there may never say so. */
const longestConnect = 10_000;

/** How many connections one process opens at most. */
const poolSize = 10;

/** PostgreSQL through a pool of connections. Every wait has an end: for a connection, for a statement, for an answer. */
export const openPostgres = (url: string, patience: number): Engine => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: Math.min(patience, longestConnect),
    query_timeout: patience,
    keepAlive: true,
    application_name: 'mentorship',
  });
  // An idle connection that breaks has been taken out of the pool already: the next request opens another.
  pool.on('error', () => {});
  const database = new Kysely<Schema>({
    dialect: new PostgresDialect({
      pool: { connect: () => checkOut(pool, patience), end: () => pool.end(), options: pool.options },
    }),
  });
  return {
    writes: database,
    reads: database,
    generatedId: (column) => column.primaryKey().generatedByDefaultAsIdentity(),
    isConflict: (error) => error instanceof pg.DatabaseError && conflicts.has(error.code ?? ''),
    close: () => database.destroy(),
  };
};

/** serialization_failure and deadlock_detected: PostgreSQL, and engines that speak its protocol, ask to run it again. */
const conflicts = new Set(['40001', '40P01']);

/** A connection out of the pool whose faults are `storage_unavailable`, and which does not go back after one. */
const checkOut = async (pool: pg.Pool, patience: number): Promise<PostgresPoolClient> => {
  const client = await pool.connect().catch(unavailable);
  const known = clients.get(client);
  if (known) return known;
  let fault: unknown;
  const query = async (sql: string, parameters?: readonly unknown[]) => {
    if (fault) throw refuse('storage_unavailable', { cause: fault });
    try {
      return await client.query(sql, parameters as unknown[]);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) fault = error;
      throw isUnavailable(error) ? refuse('storage_unavailable', { cause: error }) : error;
    }
  };
  const checkedOut = { query, release: () => client.release(fault !== undefined) } as unknown as PostgresPoolClient;
  // Not a connection option: PgBouncer refuses those it does not know.
  // The server gives up first, so that a slow statement does not cost the connection.
  await query(`set statement_timeout = ${patience * 0.75}`).catch((error: unknown) => {
    client.release(true);
    throw error;
  });
  clients.set(client, checkedOut);
  return checkedOut;
};

const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();

/**
 * What has no SQLSTATE is a connection that failed. Of the SQLSTATE classes: connection (08), resources (53), operator
 * intervention (57, a statement timeout among them), system (58), read-only standby (25006), lock not available (55P03).
 */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || /^(08|53|57|58|25006|55P03)/.test(error.code ?? '');

const unavailable = (error: unknown): never => {
  throw refuse('storage_unavailable', { cause: error });
};
