import type Database from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DefaultQueryExecutor,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { currentPatience, inTime } from './patience.ts';
import { createRunner } from './sqlite-statements.ts';

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

/**
 * A database that is only read, a statement at a time: each is answered before the next can be asked, so that nobody
 * needs a turn, and what Kysely does to lend a connection would cost as much as a short answer.
 */
export const sqliteReads = <Tables>(database: Database.Database, patience: number): Kysely<Tables> => {
  const dialect = sqliteDialect(database, patience);
  const run = createRunner(database);
  const own = () => currentPatience(patience);
  const connection: DatabaseConnection = { executeQuery: (query) => run(query, own), streamQuery };
  const executor = new DefaultQueryExecutor(dialect.createQueryCompiler(), dialect.createAdapter(), {
    provideConnection: (consumer) => consumer(connection),
  });
  Object.assign(executor, { executeQuery: connection.executeQuery });
  return new Kysely<Tables>({ config: { dialect }, dialect, driver: dialect.createDriver(), executor });
};

const streamQuery = (): never => {
  throw new Error('Nothing here streams from SQLite.');
};

const sqliteDriver = (database: Database.Database, patience: number): Driver => {
  const takeTurn = createTurns();
  const runner = createRunner(database);
  const run = (connection: DatabaseConnection, sql: string) => connection.executeQuery(CompiledQuery.raw(sql));
  return {
    init: async () => {},
    async acquireConnection() {
      const mine = currentPatience(patience);
      mine.begin();
      try {
        const endTurn = await inTime(takeTurn(), mine, (end) => end());
        const lent: LentConnection = {
          executeQuery: (query) => runner(query, () => mine),
          streamQuery,
          end() {
            mine.end();
            endTurn();
          },
        };
        return lent;
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
