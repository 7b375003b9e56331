import { DefaultQueryExecutor, type Dialect, Kysely, type QueryResult } from 'kysely';

/** The text of an SQL statement and its parameters. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Runs a query on a connection. */
export type Run = <Row>(query: Query) => Promise<QueryResult<Row>>;

const rejectStreaming = (): never => {
  throw new Error('Streaming from the database is not supported.');
};

/** Creates query builders for one dialect: a builder's queries run on the `Run` that it was built with. */
export const createBuilders = <Tables>(dialect: Dialect): ((run: Run) => Kysely<Tables>) => {
  const [driver, adapter, compiler] = [dialect.createDriver(), dialect.createAdapter(), dialect.createQueryCompiler()];
  return (run) => {
    const executor = new DefaultQueryExecutor(compiler, adapter, {
      provideConnection: (consumer) => consumer({ executeQuery: run, streamQuery: rejectStreaming }),
    });
    return new Kysely<Tables>({
      config: { dialect },
      dialect,
      driver,
      executor: Object.assign(executor, { executeQuery: run }),
    });
  };
};

/** A query without parameters. */
export const plainQuery = (sql: string): Query => ({ sql, parameters: [] });

/** Gives the work a `run` which throws after the work has ended: a later query would run outside its transaction. */
export const withScopedRun = async <Result>(run: Run, work: (run: Run) => Promise<Result>): Promise<Result> => {
  let ended = false;
  const scopedRun: Run = async (query) => {
    if (ended) throw new Error(`The transaction has ended: ${query.sql}`);
    return run(query);
  };
  try {
    return await work(scopedRun);
  } finally {
    ended = true;
  }
};
