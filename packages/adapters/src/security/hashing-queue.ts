import { type Clock, overloaded } from '@mentorship/application';
import pLimit from 'p-limit';

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
  /** Work other than the checks of logins may fill half of the queue only: logins keep the other half. */
  run<Result>(work: () => Promise<Result>, purpose: 'login' | 'other'): Promise<Result>;
  load(): { readonly running: number; readonly waiting: number };
}

export const createHashingQueue = ({
  concurrency,
  queue,
  uptime = { now: () => performance.now() },
}: HashingLimits): HashingQueue => {
  const limit = pLimit(concurrency);
  const maxOthers = concurrency + Math.ceil(queue / 2);
  let others = 0;
  return {
    async run(work, purpose) {
      // pLimit starts work a microtask later and counts it as pending until then, so only the sum is exact.
      if (limit.activeCount + limit.pendingCount >= concurrency + queue || (purpose === 'other' && others >= maxOthers))
        throw overloaded();
      const deadline = uptime.now() + maxWaitMs;
      if (purpose === 'other') others += 1;
      try {
        return await limit(() => {
          // The client has given up or will soon: the hash would be wasted.
          if (uptime.now() > deadline) throw overloaded();
          return work();
        });
      } finally {
        if (purpose === 'other') others -= 1;
      }
    },
    load: () => ({ running: limit.activeCount, waiting: limit.pendingCount }),
  };
};
