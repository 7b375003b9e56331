import { storageUnavailable } from '@mentorship/application';
import type { QueryResult } from 'kysely';
import pg from 'pg';
import type { Lease } from './pool.ts';
import type { Query } from '../engine/query-builder.ts';

/**
 * Asks through a connection that was lent, within what is left of the patience. A statement with values gets the name
 * that `nameOf` has for it, if any. Throws `storage_unavailable` when there is no answer in time, or the fault is not the
 * statement's.
 */
export const createAsking =
  (nameOf: (sql: string) => string | undefined) =>
  async <Row>({ connection, patience, noteSilence }: Lease, { sql, parameters }: Query): Promise<QueryResult<Row>> => {
    const left = Math.floor(patience.left());
    // A connection that is not given back ends its transaction too.
    if (left < 1) connection.fault ??= new Error('The time was up.');
    if (connection.fault) throw storageUnavailable(connection.fault);
    const askedAt = performance.now();
    try {
      const name = parameters.length > 0 ? nameOf(sql) : undefined;
      const query = { text: sql, values: parameters as unknown[], ...(name && { name }) };
      const { rows, rowCount } = await answerTo(query, connection.client, left);
      connection.heardAt = performance.now();
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) {
        connection.fault = error;
        noteSilence(askedAt);
      }
      throw isUnavailable(error) ? storageUnavailable(error) : error;
    }
  };

/**
 * What the server answers within so many milliseconds. pg's own promises and `query_timeout` set a function on each
 * query, which V8 makes old at once, and with it all that the query leads to: none of it is collected young.
 */
const answerTo = (query: pg.QueryConfig, client: pg.PoolClient, milliseconds: number): Promise<pg.QueryResult> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The server did not answer in time.')), milliseconds);
    client.query(query, (error: Error | null, result: pg.QueryResult) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve(result);
    });
  });

/**
 * What has no SQLSTATE is a connection that failed. Of the SQLSTATE classes: connection (08), resources (53), operator
 * intervention (57, a statement timeout among them), system (58), read-only standby (25006), idle in a transaction (25P03),
 * lock not available (55P03), a commit of which it is not known whether it was kept (40003).
 */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || /^(08|53|57|58|25006|25P03|55P03|40003)/.test(error.code ?? '');
