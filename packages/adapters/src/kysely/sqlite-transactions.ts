import type Database from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { currentPatience, inTime, type Patience } from './patience.ts';
import type { Run } from './query-builder.ts';
import { inTransaction } from './transaction.ts';

interface Writer<Tables> {
  readonly database: Database.Database;
  readonly run: Run;
  readonly build: (run: Run) => Kysely<Tables>;
}

/**
 * Transactions on the one connection that writes, one at a time, in the order in which they were asked for. Nobody waits
 * for their turn, or for another process, longer than their patience.
 */
export const createTransactions = <Tables>({ database, ...writer }: Writer<Tables>, patience: number) => {
  const takeTurn = createTurns();
  const connection = { ...writer, isOpen: () => database.inTransaction };

  return async <Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> => {
    const mine = currentPatience(patience);
    mine.begin();
    try {
      const endTurn = await takeTurn(mine);
      // A deferred transaction that reads before it writes loses to any writer in between.
      return await inTransaction(connection, 'begin immediate', work).finally(endTurn);
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
