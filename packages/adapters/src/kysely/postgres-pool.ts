import { refuse } from '@mentorship/domain';
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { createPatience, currentPatience, inTime, type Patience } from './patience.ts';
import type { Schema } from './schema.ts';
import { createNames } from './statement-names.ts';

/** How long a server may take to let us in, in milliseconds: one that is not there may never say so. */
const longestConnect = 10_000;

export interface PoolOptions {
  readonly url: string;
  /** How long anybody waits for a connection and for what they ask through it, in milliseconds. */
  readonly patience: number;
  /** Whether each user waits by themselves, whatever its caller has waited already. */
  readonly alone?: boolean;
  /** How many connections it opens at most. */
  readonly max: number;
  readonly preparedStatements: boolean;
}

export const openPool = ({ url, patience, max }: PoolOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: Math.min(patience, longestConnect),
    keepAlive: true,
    application_name: 'mentorship',
  });
  // An idle connection that breaks has been taken out of the pool already: the next request opens another.
  pool.on('error', () => {});
  return pool;
};

/** The database through the pool; each wait for a connection and on one has an end. */
export const lendFrom = (pool: pg.Pool, options: PoolOptions): Kysely<Schema> =>
  new Kysely<Schema>({
    dialect: new PostgresDialect({
      pool: { connect: createLender(pool, options), end: () => pool.end(), options: pool.options },
    }),
  });

/** Connections out of the pool whose faults are `storage_unavailable`, and which do not go back after one. */
const createLender = (pool: pg.Pool, { patience: milliseconds, alone, preparedStatements }: PoolOptions) => {
  const heardAt = new WeakMap<pg.PoolClient, number>();
  let silentSince = Number.NEGATIVE_INFINITY;
  pool.on('connect', (client) => {
    heardAt.set(client, performance.now());
    // The pool listens to idle connections alone; a break that nobody hears of would end the process.
    client.on('error', () => {});
  });

  // Where one connection got no answer, those that have not been heard of since it was asked may lead to the same
  // silence: a server that is gone closes none.
  const takeTrusted = async (): Promise<pg.PoolClient> => {
    for (;;) {
      const client = await pool.connect();
      if ((heardAt.get(client) ?? 0) >= silentSince) return client;
      client.release(true);
    }
  };
  const nameOf = preparedStatements ? createNames() : () => undefined;

  return async (): Promise<PostgresPoolClient> => {
    const patience = alone ? createPatience(milliseconds) : currentPatience(milliseconds);
    if (patience.left() < 1) throw refuse('storage_unavailable');
    patience.begin();
    try {
      const client = await inTime(takeTrusted(), patience, (late) => late.release());
      return lent(client, {
        patience,
        nameOf,
        begin: () => beginWithin(patience, milliseconds),
        onAnswer: () => heardAt.set(client, performance.now()),
        onSilence(since) {
          silentSince = since;
        },
      });
    } catch (error) {
      patience.end();
      throw error;
    }
  };
};

interface Terms {
  readonly patience: Patience;
  nameOf(sql: string): string | undefined;
  begin(): string;
  onAnswer(): void;
  onSilence(since: number): void;
}

const lent = (client: pg.PoolClient, { patience, nameOf, begin, onAnswer, onSilence }: Terms): PostgresPoolClient => {
  let fault: unknown;
  const onBreak = (error: unknown) => {
    fault = error;
  };
  client.on('error', onBreak);

  const query = async (sql: string, parameters: readonly unknown[] = []) => {
    const left = Math.floor(patience.left());
    // A connection that is not given back ends its transaction too.
    if (left < 1) fault ??= new Error('The time was up.');
    if (fault) throw refuse('storage_unavailable', { cause: fault });
    const [sentAt, wait] = [performance.now(), { query_timeout: left }];
    try {
      if (sql === 'begin') {
        await client.query({ text: begin(), ...wait } as pg.QueryConfig);
        return { command: 'BEGIN', rows: [] };
      }
      const name = parameters.length > 0 ? nameOf(sql) : undefined;
      const result = await client.query({ text: sql, values: [...parameters], ...(name && { name }), ...wait });
      onAnswer();
      return result;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) {
        fault = error;
        onSilence(sentAt);
      }
      throw isUnavailable(error) ? refuse('storage_unavailable', { cause: error }) : error;
    }
  };
  const release = () => {
    patience.end();
    client.release(fault !== undefined);
    client.removeListener('error', onBreak);
  };
  return { query, release } as unknown as PostgresPoolClient;
};

/**
 * Neither a connection option nor a setting of the session: behind PgBouncer, transactions share connections. The server
 * gives up first, so that a slow statement does not cost the connection, and a process that hangs or vanishes in a
 * transaction keeps nobody else from the rows that it has locked.
 */
const beginWithin = (patience: Patience, milliseconds: number): string =>
  `begin; set local statement_timeout = ${Math.max(1, Math.floor(patience.left() * 0.75))}; ` +
  `set local idle_in_transaction_session_timeout = ${milliseconds}`;

/**
 * What has no SQLSTATE is a connection that failed. Of the SQLSTATE classes: connection (08), resources (53), operator
 * intervention (57, a statement timeout among them), system (58), read-only standby (25006), idle in a transaction (25P03),
 * lock not available (55P03), a commit of which it is not known whether it was kept (40003).
 */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || /^(08|53|57|58|25006|25P03|55P03|40003)/.test(error.code ?? '');
