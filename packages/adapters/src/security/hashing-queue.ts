import { type Clock, UnavailableError } from '@mentorship/application';
import pLimit from 'p-limit';

/** How long a client should wait who found the queue full, in seconds. */
const retryAfter = 2;

/** How long work may wait for its turn, in milliseconds: less than a request has in all. */
const longestWait = 5000;

/** How much work there is at the moment. */
interface Load {
  readonly running: number;
  readonly waiting: number;
}

/** Runs work, so much at once and so much waiting, for so long; `overloaded` beyond that. */
export interface Bounded {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  load(): Load;
}

export const bounded = ({
  concurrency,
  queue,
  uptime = { now: () => performance.now() },
}: {
  concurrency: number;
  queue: number;
  /** How long this process has been running. */
  uptime?: Pick<Clock, 'now'>;
}): Bounded => {
  const limit = pLimit(concurrency);
  return {
    async run(work) {
      // Those that have just been let in count as waiting until the next turn.
      if (limit.activeCount + limit.pendingCount >= concurrency + queue)
        throw new UnavailableError('overloaded', { retryAfter });
      const deadline = uptime.now() + longestWait;
      return limit(() => {
        // Whoever asked has been told to come back, or soon will be.
        if (uptime.now() > deadline) throw new UnavailableError('overloaded', { retryAfter });
        return work();
      });
    },
    load: () => ({ running: limit.activeCount, waiting: limit.pendingCount }),
  };
};
