import type { Query, Run } from './engine/query-builder.ts';

/** A statement without values. */
export const plain = (sql: string): Query => ({ sql, parameters: [] });

/** Hands the work a `run` that is good until the work is done: what it asks later would be outside its transaction. */
export const whileAtWork = async <Result>(run: Run, work: (run: Run) => Promise<Result>): Promise<Result> => {
  let over = false;
  const runWithin: Run = async (query) => {
    if (over) throw new Error(`The transaction is over: ${query.sql}`);
    return run(query);
  };
  try {
    return await work(runWithin);
  } finally {
    over = true;
  }
};
