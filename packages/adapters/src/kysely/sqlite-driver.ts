import { refuse } from '@mentorship/domain';
import Database, { type Statement } from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { currentPatience, inTime, type Patience, retrying } from './patience.ts';

/** A connection that is lent to one at a time. */
interface LentConnection extends DatabaseConnection {
  end(): void;
}

/** One connection to a file, its statements prepared once. Nobody waits for it, or for another process, longer than their patience. */
export const sqliteDialect = (database: Database.Database, patience: number): Dialect => ({
  // Kysely's own queue does not know since when somebody waits.
  createAdapter: () => Object.defineProperty(new SqliteAdapter(), 'supportsMultipleConnections', { value: true }),
  createDriver: () => sqliteDriver(database, patience),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

const sqliteDriver = (database: Database.Database, patience: number): Driver => {
  const takeTurn = createTurns();
  const lend = createLender(database);
  const run = (connection: DatabaseConnection, sql: string) => connection.executeQuery(CompiledQuery.raw(sql));
  return {
    init: async () => {},
    async acquireConnection() {
      const mine = currentPatience(patience);
      mine.begin();
      try {
        return lend(mine, await inTime(takeTurn(), mine, (endTurn) => endTurn()));
      } catch (error) {
        mine.end();
        throw error;
      }
    },
    // A deferred transaction that reads before it writes loses to any writer in between.
    beginTransaction: async (connection) => void (await run(connection, 'begin immediate')),
    commitTransaction: async (connection) => void (await run(connection, 'commit')),
    // A full disk ends the transaction by itself.
    rollbackTransaction: async (connection) => void (database.inTransaction && (await run(connection, 'rollback'))),
    releaseConnection: async (connection) => (connection as LentConnection).end(),
    destroy: async () => void database.close(),
  };
};

/** One at a time, in the order in which they asked; each ends its turn by what it was given. */
const createTurns = (): (() => Promise<() => void>) => {
  let last = Promise.resolve();
  return async () => {
    const before = last;
    const turn = Promise.withResolvers<void>();
    last = turn.promise;
    await before;
    return turn.resolve;
  };
};

const createLender = (database: Database.Database) => {
  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    if (statements.size >= largestStatementCache) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
  const execute = (sql: string, parameters: readonly unknown[]) => {
    const statement = prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as never[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
  };
  const mayWait = (error: unknown) => isBusy(error) && !database.inTransaction;

  return (patience: Patience, endTurn: () => void): LentConnection => ({
    async executeQuery({ sql, parameters }) {
      try {
        return await retrying(() => execute(sql, parameters), mayWait, patience);
      } catch (error) {
        throw isUnavailable(error) ? refuse('storage_unavailable', { cause: error }) : error;
      }
    },
    streamQuery() {
      throw new Error('Nothing here streams from SQLite.');
    },
    end() {
      patience.end();
      endTurn();
    },
  });
};

/** The queries are a closed set; only those with lists of varying length could fill it. */
const largestStatementCache = 500;

export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);

/** What the disk, its owner or another process does to us, as opposed to a mistake in a query. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Database.SqliteError &&
  /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL|PERM|AUTH)/.test(error.code);
