import { type Clock, UnavailableError } from '@mentorship/application';
import pLimit from 'p-limit';

/** How long a client should wait before it tries again, in seconds. */
const retryAfter = 2;

/** How long work may wait before it starts, in milliseconds: less than the deadline of a request. */
const maxWaitMs = 5000;

export interface HashingLimits {
  /** How many hashes run at the same time. */
  readonly concurrency: number;
  /** How many more may wait. */
  readonly queue: number;
  /** The milliseconds since this process started; tests replace it. */
  readonly uptime?: Pick<Clock, 'now'>;
}

/** Runs a limited number of hashes at the same time, lets a limited number wait, and rejects more with `overloaded`. */
export interface HashingQueue {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  load(): { readonly running: number; readonly waiting: number };
}

export const createHashingQueue = ({
  concurrency,
  queue,
  uptime = { now: () => performance.now() },
}: HashingLimits): HashingQueue => {
  const limit = pLimit(concurrency);
  return {
    async run(work) {
      // pLimit starts work a microtask later and counts it as pending until then, so only the sum is exact.
      if (limit.activeCount + limit.pendingCount >= concurrency + queue)
        throw new UnavailableError('overloaded', { retryAfter });
      const deadline = uptime.now() + maxWaitMs;
      return limit(() => {
        // The client has given up or will soon: the hash would be wasted.
        if (uptime.now() > deadline) throw new UnavailableError('overloaded', { retryAfter });
        return work();
      });
    },
    load: () => ({ running: limit.activeCount, waiting: limit.pendingCount }),
  };
};
