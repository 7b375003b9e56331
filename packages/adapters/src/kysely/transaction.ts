import type { Kysely } from 'kysely';
import type { Run } from './query-builder.ts';

/** A connection that nobody else uses meanwhile. */
interface Connection<Tables> {
  readonly run: Run;
  readonly build: (run: Run) => Kysely<Tables>;
  /** Whether the transaction is still open to be undone: some faults end it by themselves. */
  isOpen(): boolean;
}

/** Runs the work between `begin` and `commit`; what it throws undoes it. Afterwards nothing more can be asked within it. */
export const inTransaction = async <Tables, Result>(
  { run, build, isOpen }: Connection<Tables>,
  begin: string,
  work: (db: Kysely<Tables>) => Promise<Result>,
): Promise<Result> => {
  let over = false;
  const runWithin: Run = async (query) => {
    if (over) throw new Error(`The transaction is over: ${query.sql}`);
    return run(query);
  };
  await run(plain(begin));
  try {
    const result = await work(build(runWithin));
    over = true;
    await run(plain('commit'));
    return result;
  } catch (error) {
    over = true;
    if (isOpen()) await run(plain('rollback'));
    throw error;
  }
};

const plain = (sql: string) => ({ sql, parameters: [] });
