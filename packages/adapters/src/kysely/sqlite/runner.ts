import { storageUnavailable } from '@mentorship/application';
import Database, { type Statement } from 'better-sqlite3';
import type { QueryResult } from 'kysely';
import { currentDeadline, retrying } from '../engine/deadline.ts';
import type { Query, Run } from '../engine/query-builder.ts';

/** The queries are a closed set; only those with lists of varying length could fill it. */
const largestCache = 500;

/**
 * Runs statements on a connection, each prepared once. Where another process is in the way it waits as long as the
 * patience lasts, unless a transaction has begun: that has the database to itself. Throws `storage_unavailable`.
 */
export const createRunner = (database: Database.Database, patience: number): Run => {
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const statement = database.prepare(sql);
    if (statements.size >= largestCache) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
  const run = <Row>({ sql, parameters }: Query): QueryResult<Row> => {
    const statement = statements.get(sql) ?? prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
  };
  const mayWait = (error: unknown) => isBusy(error) && !database.inTransaction;

  return async <Row>(query: Query) => {
    try {
      return run<Row>(query);
    } catch (error) {
      if (!mayWait(error)) throw explained(error);
    }
    const again = retrying(() => run<Row>(query), mayWait, currentDeadline(patience));
    return again.catch((error: unknown) => Promise.reject(explained(error)));
  };
};

export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);

const explained = (error: unknown): unknown => (isUnavailable(error) ? storageUnavailable(error) : error);

/** What the disk, its owner or another process does to us, as opposed to a mistake in a query. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Database.SqliteError &&
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL|PERM|AUTH)/.test(error.code);
