import {
  type CompiledQuery,
  DefaultQueryExecutor,
  type Dialect,
  type DialectAdapter,
  Kysely,
  type QueryCompiler,
  type QueryResult,
} from 'kysely';

/** The text of an SQL statement and its parameters. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Runs a query on a connection. */
export type Run = <Row>(query: Query) => Promise<QueryResult<Row>>;

/**
 * Passes compiled queries straight to a `Run`. Kysely's own executor acquires a connection for each query: that costs as
 * much as a short answer, and keeps every connection that it hands out from V8's young generation.
 */
class RunExecutor extends DefaultQueryExecutor {
  readonly #run: Run;

  constructor(compiler: QueryCompiler, adapter: DialectAdapter, run: Run) {
    super(compiler, adapter, {
      provideConnection: (consumer) => consumer({ executeQuery: run, streamQuery: rejectStreaming }),
    });
    this.#run = run;
  }

  override executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#run<Row>(query);
  }
}

const rejectStreaming = (): never => {
  throw new Error('Streaming from the database is not supported.');
};

/** Creates query builders for one dialect: a builder's queries run on the `Run` that it was built with. */
export const createBuilders = <Tables>(dialect: Dialect): ((run: Run) => Kysely<Tables>) => {
  const [driver, adapter, compiler] = [dialect.createDriver(), dialect.createAdapter(), dialect.createQueryCompiler()];
  return (run) =>
    new Kysely<Tables>({
      config: { dialect },
      dialect,
      driver,
      executor: new RunExecutor(compiler, adapter, run),
    });
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
