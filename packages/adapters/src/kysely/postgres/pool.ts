import { storageUnavailable } from '@mentorship/application';
import pg from 'pg';
import { createDeadline, currentDeadline, beforeDeadline, type Deadline } from '../engine/deadline.ts';

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
}

/** A connection, from the moment that it was opened. */
export interface Connection {
  readonly client: pg.PoolClient;
  /** When it was last heard of, by `performance.now()`. */
  heardAt: number;
  /** Why nothing more can be asked through it. */
  fault: unknown;
}

/** A connection that is somebody's for a while. */
export interface Lease {
  readonly connection: Connection;
  readonly patience: Deadline;
  /** What has been asked since then, by `performance.now()`, has got no answer. */
  noteSilence(since: number): void;
}

/**
 * Connections out of the pool, each wait for one with an end: `storage_unavailable`. One that had a fault does not go
 * back.
 */
export const createLender = (pool: pg.Pool, { patience: milliseconds, alone }: PoolOptions) => {
  const connections = new WeakMap<pg.PoolClient, Connection>();
  let silentSince = Number.NEGATIVE_INFINITY;
  const noteSilence = (since: number) => {
    silentSince = since;
  };
  pool.on('connect', (client) => {
    const connection: Connection = { client, heardAt: performance.now(), fault: undefined };
    connections.set(client, connection);
    // The pool listens to idle connections alone; a break that nobody hears of would end the process.
    client.on('error', (error) => {
      connection.fault = error;
    });
  });

  /** The next connection; null where one is not to be trusted, which the pool then no longer has. */
  const takeNext = async (): Promise<Connection | null> => {
    const client = await pool.connect();
    const connection = connections.get(client);
    // Where one connection got no answer, those that have not been heard of since it was asked may lead to the same
    // silence: a server that is gone closes none.
    if (connection && connection.heardAt >= silentSince) return connection;
    client.release(true);
    return null;
  };
  const takeTrusted = async (): Promise<Connection> => {
    for (;;) {
      const connection = await takeNext();
      if (connection) return connection;
    }
  };
  const giveBack = ({ client, fault }: Connection) => client.release(fault !== undefined);
  const take = async (patience: Deadline): Promise<Connection> => {
    // One that is free is there at once, and needs no timer.
    const free = pool.idleCount > pool.waitingCount ? await takeNext() : null;
    return free ?? beforeDeadline(takeTrusted(), patience, giveBack);
  };

  return async <Result>(use: (loan: Lease) => Promise<Result>): Promise<Result> => {
    const patience = alone ? createDeadline(milliseconds) : currentDeadline(milliseconds);
    if (patience.left() < 1) throw storageUnavailable();
    patience.begin();
    try {
      const connection = await take(patience);
      try {
        return await use({ connection, patience, noteSilence });
      } finally {
        giveBack(connection);
      }
    } finally {
      patience.end();
    }
  };
};

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
