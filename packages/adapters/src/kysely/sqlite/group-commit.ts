import { storageUnavailable } from '@mentorship/application';
import type Database from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { currentDeadline } from '../engine/deadline.ts';
import type { Run } from '../engine/query-builder.ts';
import { createWriteQueue, nextEventLoopTurn } from './write-queue.ts';
import { plain, whileAtWork } from '../transaction.ts';

interface Writer<Tables> {
  readonly database: Database.Database;
  readonly run: Run;
  readonly build: (run: Run) => Kysely<Tables>;
}

/** How many transactions share a commit at most. */
const maxBatchSize = 100;

/** The transaction that the database is in. */
interface Shared {
  /** How many of ours have done their work in it. */
  done: number;
  /** Resolves once all of it is on disk; rejects when nothing of it is. */
  readonly kept: PromiseWithResolvers<void>;
}

/**
 * Transactions on the one connection that writes, one at a time, in the order in which they were asked for. Those that
 * are asked for in one turn of the event loop share a commit, for waiting for the disk is most of what a short one costs:
 * what fails is undone alone, and none is told before all are kept. Nobody waits for their turn, or for another process,
 * longer than their patience.
 */
export const createTransactions = <Tables>({ database, run, build }: Writer<Tables>, patience: number) => {
  const turns = createWriteQueue();
  const send = (sql: string) => run(plain(sql));
  let shared: Shared | null = null;

  const begin = async (): Promise<Shared> => {
    if (database.inTransaction) await send('rollback');
    // A deferred transaction that reads before it writes loses to any writer in between.
    await send('begin immediate');
    const kept = Promise.withResolvers<void>();
    kept.promise.catch(() => {});
    return { done: 0, kept };
  };

  const giveUp = async ({ kept }: Shared, error: unknown): Promise<void> => {
    shared = null;
    kept.reject(error);
    // Where the disk refuses even that, the next one tries again.
    if (database.inTransaction) await send('rollback').catch(() => {});
  };

  const keep = async (transaction: Shared): Promise<void> => {
    try {
      await send('commit');
      shared = null;
      transaction.kept.resolve();
    } catch (error) {
      await giveUp(transaction, error);
    }
  };

  const undoMine = async (transaction: Shared): Promise<void> => {
    try {
      await send('rollback to work');
      await send('release work');
    } catch (error) {
      // What cannot be undone alone is undone with the rest.
      await giveUp(transaction, storageUnavailable(error));
    }
  };

  /** Does the work in the transaction; the first in it needs no savepoint, for all that it undoes is its own. */
  const join = async <Result>(transaction: Shared, work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> => {
    const alone = transaction.done === 0;
    try {
      if (!alone) await send('savepoint work');
      const result = await whileAtWork(run, (run) => work(build(run)));
      if (!alone) await send('release work');
      transaction.done += 1;
      return result;
    } catch (error) {
      // A full disk ends the transaction by itself, with what others have done in it.
      if (alone || !database.inTransaction) await giveUp(transaction, storageUnavailable(error));
      else await undoMine(transaction);
      throw error;
    }
  };

  const leave = async (): Promise<void> => {
    try {
      if (shared && (shared.done === maxBatchSize || turns.waiting() === 0)) await keep(shared);
    } finally {
      turns.end();
    }
  };

  return async <Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> => {
    const mine = currentDeadline(patience);
    mine.begin();
    try {
      await nextEventLoopTurn();
      await turns.take(mine, () => void leave());
      let transaction;
      let result;
      try {
        transaction = shared ??= await begin();
        result = await join(transaction, work);
      } finally {
        await leave();
      }
      await transaction.kept.promise;
      return result;
    } finally {
      mine.end();
    }
  };
};
