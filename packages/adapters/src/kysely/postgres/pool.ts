import { storageUnavailable } from '@mentorship/application';
import pg from 'pg';
import type { ConnectionLoad } from '../../store.ts';
import { connectionString } from './connection-string.ts';
import { beforeDeadline, createDeadline, currentDeadline, type Deadline } from '../engine/deadline.ts';

/** How long connecting to the server may take at most: an unreachable server may never answer. */
const maxConnectMs = 10_000;

export interface PoolOptions {
  readonly url: string;
  /** How long a caller waits for a connection and for the answers to its queries in total. */
  readonly deadlineMs: number;
  /** Whether each lease has a deadline of its own, whatever the caller has waited already. */
  readonly deadlinePerLease?: boolean;
  readonly maxConnections: number;
}

/** An open connection. */
interface Connection {
  readonly client: pg.PoolClient;
  /** When the server last answered, by `performance.now()`. */
  lastAnswerAt: number;
  /** Why the connection is unusable; undefined while it is usable. */
  fault: unknown;
}

/** A connection that belongs to one caller until the caller's work ends. */
export interface Lease {
  readonly connection: Connection;
  readonly deadline: Deadline;
  /** Reports that a query sent at `sentAt`, by `performance.now()`, got no answer. */
  reportSilence(sentAt: number): void;
}

export interface Pool {
  /** Runs the work on a connection. Throws `storage_unavailable` when none is free before the deadline. */
  lease<Result>(work: (lease: Lease) => Promise<Result>): Promise<Result>;
  load(): ConnectionLoad;
  close(): Promise<void>;
}

/** Opens a pool that discards connections with a fault. It connects on the first lease. */
export const openPool = (options: PoolOptions): Pool => {
  const pool = createPgPool(options);
  const connections = new WeakMap<pg.PoolClient, Connection>();
  let silentSince = Number.NEGATIVE_INFINITY;
  const reportSilence = (sentAt: number) => {
    silentSince = sentAt;
  };
  pool.on('connect', (client) => {
    const connection: Connection = { client, lastAnswerAt: performance.now(), fault: undefined };
    connections.set(client, connection);
    // pg's pool listens to idle connections only; an unhandled error of a leased one would end the process.
    client.on('error', (error) => {
      connection.fault = error;
    });
  });

  /** Acquires the next connection; discards one that may be dead, and returns null. */
  const acquireNext = async (): Promise<Connection | null> => {
    const client = await pool.connect();
    const connection = connections.get(client);
    // After a query without an answer, every connection without an answer since then may be dead too: a server that
    // vanishes closes none.
    if (connection && connection.lastAnswerAt >= silentSince) return connection;
    client.release(true);
    return null;
  };
  const acquireLive = async (): Promise<Connection> => {
    for (;;) {
      const connection = await acquireNext();
      if (connection) return connection;
    }
  };
  const release = ({ client, fault }: Connection) => client.release(fault !== undefined);
  const acquire = async (deadline: Deadline): Promise<Connection> => {
    // An idle connection is acquired at once and needs no timer.
    const idle = pool.idleCount > pool.waitingCount ? await acquireNext() : null;
    return idle ?? beforeDeadline(acquireLive(), deadline, release);
  };

  return {
    async lease(work) {
      const { deadlineMs, deadlinePerLease } = options;
      const deadline = deadlinePerLease ? createDeadline(deadlineMs) : currentDeadline(deadlineMs);
      if (deadline.remainingMs() < 1) throw storageUnavailable();
      deadline.beginWait();
      try {
        const connection = await acquire(deadline);
        try {
          return await work({ connection, deadline, reportSilence });
        } finally {
          release(connection);
        }
      } finally {
        deadline.endWait();
      }
    },
    load: () => ({
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: options.maxConnections,
    }),
    close: () => pool.end(),
  };
};

const createPgPool = ({ url, deadlineMs, maxConnections }: PoolOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: connectionString(url),
    max: maxConnections,
    connectionTimeoutMillis: Math.min(deadlineMs, maxConnectMs),
    keepAlive: true,
    application_name: 'mentorship',
  });
  // pg has already removed an idle connection that breaks: the next lease opens another.
  pool.on('error', () => {});
  return pool;
};
