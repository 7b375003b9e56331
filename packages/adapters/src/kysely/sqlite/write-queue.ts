import { beforeDeadline, type Deadline } from '../engine/deadline.ts';

/** WriteQueue that are taken one at a time, in the order in which they are asked for. */
interface WriteQueue {
  /** Throws `storage_unavailable` once the patience is over; a turn that comes later is given to `giveBack`, which ends it. */
  take(patience: Deadline, giveBack: () => void): Promise<void>;
  end(): void;
  /** How many wait for theirs. */
  waiting(): number;
}

export const createWriteQueue = (): WriteQueue => {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    async take(patience, giveBack) {
      if (!taken) {
        taken = true;
        return;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      await beforeDeadline(promise, patience, giveBack);
    },
    end() {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
    waiting: () => waiting.length,
  };
};

let looking: Promise<void> | null = null;

/** Resolves when all that had arrived for this process has been looked at, for all who ask until then. */
export const nextEventLoopTurn = (): Promise<void> =>
  (looking ??= new Promise((resolve) => {
    setImmediate(() => {
      looking = null;
      resolve();
    });
  }));
