import { storageUnavailable } from '@mentorship/application';
import type Database from 'better-sqlite3';
import type { Kysely } from 'kysely';
import { currentDeadline } from '../engine/deadline.ts';
import { plainQuery, type Run, withScopedRun } from '../engine/query-builder.ts';
import { createWriteQueue, nextEventLoopTurn } from './write-queue.ts';

interface Writer<Tables> {
  readonly database: Database.Database;
  readonly run: Run;
  readonly build: (run: Run) => Kysely<Tables>;
  /** Throws when a commit would go to a file that is no longer the store. */
  readonly requireFile: () => void;
}

/** The largest number of transactions in one commit. */
const maxBatchSize = 100;

/** Transactions in one commit. */
interface Batch {
  /** The number of transactions whose work is done. */
  size: number;
  /** Resolves once the batch is on disk; rejects when it is rolled back. */
  readonly committed: PromiseWithResolvers<void>;
}

/**
 * Runs transactions on the write connection one at a time, first come, first served. Transactions that arrive in one
 * event loop turn share a commit, because the wait for the disk is most of a short transaction's cost. A transaction
 * that fails rolls back alone, and none resolves before the batch is committed. The waits for the queue and for another
 * process end with the caller's deadline.
 */
export const createGroupCommit = <Tables>(
  { database, run, build, requireFile }: Writer<Tables>,
  deadlineMs: number,
) => {
  const queue = createWriteQueue();
  const send = (sql: string) => run(plainQuery(sql));
  let current: Batch | null = null;

  const beginBatch = async (): Promise<Batch> => {
    if (database.inTransaction) await send('rollback');
    // A deferred transaction that reads before it writes loses to any writer in between.
    await send('begin immediate');
    const committed = Promise.withResolvers<void>();
    committed.promise.catch(() => {});
    return { size: 0, committed };
  };

  const rollBackBatch = async ({ committed }: Batch, error: unknown): Promise<void> => {
    current = null;
    committed.reject(error);
    // When the disk rejects even the rollback, the next batch retries it.
    if (database.inTransaction) await send('rollback').catch(() => {});
  };

  const commitBatch = async (batch: Batch): Promise<void> => {
    try {
      requireFile();
      await send('commit');
      current = null;
      batch.committed.resolve();
    } catch (error) {
      await rollBackBatch(batch, error);
    }
  };

  const rollBackWork = async (batch: Batch): Promise<void> => {
    try {
      await send('rollback to work');
      await send('release work');
    } catch (error) {
      // Work that cannot be rolled back alone is rolled back with its batch.
      await rollBackBatch(batch, storageUnavailable(error));
    }
  };

  /** Runs the work in the batch. The first work needs no savepoint: rolling it back rolls back the batch. */
  const runInBatch = async <Result>(batch: Batch, work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> => {
    const isFirst = batch.size === 0;
    try {
      if (!isFirst) await send('savepoint work');
      const result = await withScopedRun(run, (run) => work(build(run)));
      if (!isFirst) await send('release work');
      batch.size += 1;
      return result;
    } catch (error) {
      // SQLite itself ends the transaction when the disk is full, and with it the rest of the batch.
      if (isFirst || !database.inTransaction) await rollBackBatch(batch, storageUnavailable(error));
      else await rollBackWork(batch);
      throw error;
    }
  };

  const leaveQueue = async (): Promise<void> => {
    try {
      if (current && (current.size === maxBatchSize || queue.waiting() === 0)) await commitBatch(current);
    } finally {
      queue.release();
    }
  };

  /** Runs the work on the write connection when no transaction is open. */
  const betweenBatches = async (work: () => void): Promise<void> => {
    await queue.acquire(currentDeadline(deadlineMs), () => void leaveQueue());
    try {
      if (current) await commitBatch(current);
      work();
    } finally {
      await leaveQueue();
    }
  };

  const transaction = async <Result>(work: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> => {
    const deadline = currentDeadline(deadlineMs);
    deadline.beginWait();
    try {
      await nextEventLoopTurn();
      await queue.acquire(deadline, () => void leaveQueue());
      let batch;
      let result;
      try {
        batch = current ??= await beginBatch();
        result = await runInBatch(batch, work);
      } finally {
        await leaveQueue();
      }
      await batch.committed.promise;
      return result;
    } finally {
      deadline.endWait();
    }
  };

  return { transaction, betweenBatches };
};
