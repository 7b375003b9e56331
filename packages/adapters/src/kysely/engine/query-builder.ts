import { DefaultQueryExecutor, type Dialect, Kysely, type QueryResult } from 'kysely';

/** A statement, and the values that go with it. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Has a query answered by a database, somehow. */
export type Run = <Row>(query: Query) => Promise<QueryResult<Row>>;

/**
 * Makes query builders for one database: what is built with one of them its own `run` has answered. What Kysely itself
 * does to lend a connection for each query costs as much as a short answer, and keeps each that was lent from the
 * collector's young generation.
 */
export const createBuilders = <Tables>(dialect: Dialect): ((run: Run) => Kysely<Tables>) => {
  const [driver, adapter, compiler] = [dialect.createDriver(), dialect.createAdapter(), dialect.createQueryCompiler()];
  return (run) => {
    const executor = new DefaultQueryExecutor(compiler, adapter, {
      provideConnection: (consumer) => consumer({ executeQuery: run, streamQuery }),
    });
    return new Kysely<Tables>({
      config: { dialect },
      dialect,
      driver,
      executor: Object.assign(executor, { executeQuery: run }),
    });
  };
};

const streamQuery = (): never => {
  throw new Error('Nothing here streams from the database.');
};
