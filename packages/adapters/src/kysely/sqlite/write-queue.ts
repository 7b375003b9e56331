import { beforeDeadline, type Deadline } from '../engine/deadline.ts';

/** Hands the write connection to one transaction after another, first come, first served. */
interface WriteQueue {
  /**
   * Resolves when the connection belongs to the caller. Throws `storage_unavailable` after the deadline; a connection
   * that arrives later goes to `releaseLate`, which must release it.
   */
  acquire(deadline: Deadline, releaseLate: () => void): Promise<void>;
  release(): void;
  /** The number of transactions that wait. */
  waiting(): number;
}

export const createWriteQueue = (): WriteQueue => {
  const waiting: (() => void)[] = [];
  let acquired = false;
  return {
    async acquire(deadline, releaseLate) {
      if (!acquired) {
        acquired = true;
        return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      await beforeDeadline(promise, deadline, releaseLate);
    },
    release() {
      const next = waiting.shift();
      if (next) next();
      else acquired = false;
    },
    waiting: () => waiting.length,
  };
};

let scheduled: Promise<void> | null = null;

/** Resolves once the event loop has read all input that has arrived for this process. Callers of one event loop turn share it. */
export const nextEventLoopTurn = (): Promise<void> =>
  (scheduled ??= new Promise((resolve) => {
    setImmediate(() => {
      scheduled = null;
      resolve();
    });
  }));
