import type Database from 'better-sqlite3';
import { CompiledQuery, type Kysely } from 'kysely';
import { currentPatience, inTime, type Patience } from './patience.ts';

const [begin, commit, rollback] = ['begin immediate', 'commit', 'rollback'].map((sql) => CompiledQuery.raw(sql)) as [
  CompiledQuery,
  CompiledQuery,
  CompiledQuery,
];

/**
 * Transactions on the one connection that writes, one at a time, in the order in which they were asked for. Nobody waits
 * for their turn, or for another process, longer than their patience.
 */
export const createTransactions = <Tables>(database: Database.Database, db: Kysely<Tables>, patience: number) => {
  const takeTurn = createTurns();
  const run = (query: CompiledQuery) => db.executeQuery(query);

  const inTurn = async <Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> => {
    // A deferred transaction that reads before it writes loses to any writer in between.
    await run(begin);
    try {
      const result = await work(db);
      await run(commit);
      return result;
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (database.inTransaction) await run(rollback);
      throw error;
    }
  };

  return async <Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> => {
    const mine = currentPatience(patience);
    mine.begin();
    try {
      const endTurn = await takeTurn(mine);
      return await inTurn(work).finally(endTurn);
    } finally {
      mine.end();
    }
  };
};

/** One at a time, in the order in which they asked; each ends its turn by what it was given. */
const createTurns = (): ((patience: Patience) => Promise<() => void>) => {
  const waiting: (() => void)[] = [];
  let taken = false;
  const end = () => {
    const next = waiting.shift();
    if (next) next();
    else taken = false;
  };
  return async (patience) => {
    if (!taken) {
      taken = true;
      return end;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    // Whoever has gone away meanwhile gives the turn on.
    await inTime(promise, patience, end);
    return end;
  };
};
