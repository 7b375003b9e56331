import { createHash } from 'node:crypto';
import { storageUnavailable } from '@mentorship/application';
import pg from 'pg';
import type { Query, Run } from '../engine/query-builder.ts';
import type { Lease } from './pool.ts';

/** The name under which a connection prepares the statement; undefined for a statement that it does not prepare. */
export type StatementName = (sql: string) => string | undefined;

/** Each connection keeps every named statement. The limit is for statements with lists of varying length. */
const maxStatementNames = 500;

/** Names statements by their text: every process and connection derives the same name. */
export const createStatementNames = (): StatementName => {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= maxStatementNames) return known;
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 22);
    names.set(sql, name);
    return name;
  };
};

/**
 * Runs queries on the leased connection until the lease's deadline, and prepares those with parameters that have a name.
 * Throws `storage_unavailable` when no answer comes in time, or the connection or the server fails.
 */
export const createRunner =
  ({ connection, deadline, reportSilence }: Lease, nameOf: StatementName): Run =>
  async ({ sql, parameters }: Query) => {
    const remainingMs = Math.floor(deadline.remainingMs());
    // A faulty connection is discarded, and its transaction with it.
    if (remainingMs < 1) connection.fault ??= new Error('The deadline passed before the query was sent.');
    if (connection.fault !== undefined) throw storageUnavailable(connection.fault);
    const sentAt = performance.now();
    try {
      const name = parameters.length > 0 ? nameOf(sql) : undefined;
      const query = { text: sql, values: parameters as unknown[], ...(name && { name }) };
      const { rows, rowCount } = await send(query, connection.client, remainingMs);
      connection.lastAnswerAt = performance.now();
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) {
        connection.fault = error;
        reportSilence(sentAt);
      }
      throw isUnavailable(error) ? storageUnavailable(error) : error;
    }
  };

/**
 * Resolves to the server's answer; rejects after the timeout. It avoids pg's own promises and `query_timeout`, which set
 * a function on each query: V8 then moves the query, and all that it refers to, into the old generation.
 */
const send = (query: pg.QueryConfig, client: pg.PoolClient, timeoutMs: number): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The server did not answer within ${timeoutMs} ms.`)), timeoutMs);
    client.query(query, (error: Error | null, result: pg.QueryResult) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(result);
    });
  });

/**
 * An error without a SQLSTATE is a failed connection. The SQLSTATEs are the classes connection (08), resources (53),
 * operator intervention (57, which includes a statement timeout) and system (58), and the codes for a read-only standby
 * (25006), idle in transaction (25P03), lock not available (55P03) and a commit with unknown outcome (40003).
 */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || /^(08|53|57|58|25006|25P03|55P03|40003)/.test(error.code ?? '');
