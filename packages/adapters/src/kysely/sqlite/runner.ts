import { storageUnavailable } from '@mentorship/application';
import Database, { type Statement } from 'better-sqlite3';
import type { QueryResult } from 'kysely';
import { currentDeadline, retry } from '../engine/deadline.ts';
import type { Query, Run } from '../engine/query-builder.ts';
import { nextEventLoopTurn } from './write-queue.ts';

/** The queries are a closed set; only those with lists of varying length could exceed it. */
const maxPreparedStatements = 500;

/** For how many milliseconds queries run, one after another, before the event loop handles other requests. */
const maxHoldMs = 10;

/**
 * Wraps a runner whose queries may come in long sequences, one for each mentor of a tree: each is short, but together
 * they would hold the event loop until the last.
 */
export const yieldingRunner = (run: Run): Run => {
  let heldSince: number | null = null;
  const release = () => {
    heldSince = null;
  };
  return (query) => {
    if (heldSince === null) {
      heldSince = performance.now();
      setImmediate(release);
    } else if (performance.now() - heldSince > maxHoldMs) return nextEventLoopTurn().then(() => run(query));
    return run(query);
  };
};

/**
 * Runs queries on the connection and prepares each statement once. Outside a transaction it retries until the caller's
 * deadline while another process locks the database; inside one it holds the lock itself. Throws `storage_unavailable`.
 */
export const createRunner = (database: Database.Database, deadlineMs: number): Run => {
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const statement = database.prepare(sql);
    if (statements.size >= maxPreparedStatements) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
  const run = <Row>({ sql, parameters }: Query): QueryResult<Row> => {
    const statement = statements.get(sql) ?? prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
  };
  const isRetryable = (error: unknown) => isBusy(error) && !database.inTransaction;

  return async <Row>(query: Query) => {
    try {
      return run<Row>(query);
    } catch (error) {
      if (!isRetryable(error)) throw toStoreFailure(error);
    }
    const retried = retry(() => run<Row>(query), isRetryable, currentDeadline(deadlineMs));
    return retried.catch((error: unknown) => Promise.reject(toStoreFailure(error)));
  };
};

export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);

const toStoreFailure = (error: unknown): unknown => (isUnavailable(error) ? storageUnavailable(error) : error);

/** Whether the disk, its permissions or another process caused the error, rather than the query. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Database.SqliteError &&
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL|PERM|AUTH)/.test(error.code);
