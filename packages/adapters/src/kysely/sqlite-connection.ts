import type Database from 'better-sqlite3';
import {
  type CompiledQuery,
  DefaultQueryExecutor,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { currentPatience } from './patience.ts';
import { createRunner } from './sqlite-statements.ts';

/**
 * Kysely over a connection that is nobody else's meanwhile: a statement is answered before the next can be asked, so
 * that none has to be lent, and what Kysely does to lend one would cost as much as a short answer.
 */
export const overConnection = <Tables>(database: Database.Database, patience: number): Kysely<Tables> => {
  const run = createRunner(database);
  const own = () => currentPatience(patience);
  const executeQuery = <Row>(query: CompiledQuery<Row>) => run(query, own);
  const [driver, adapter] = [new DummyDriver(), new SqliteAdapter()];
  const dialect = {
    createAdapter: () => adapter,
    createDriver: () => driver,
    createIntrospector: (db: Kysely<Tables>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  const executor = new DefaultQueryExecutor(dialect.createQueryCompiler(), adapter, {
    provideConnection: (consumer) => consumer({ executeQuery, streamQuery }),
  });
  return new Kysely<Tables>({
    config: { dialect },
    dialect,
    driver,
    executor: Object.assign(executor, { executeQuery }),
  });
};

const streamQuery = (): never => {
  throw new Error('Nothing here streams from SQLite.');
};
