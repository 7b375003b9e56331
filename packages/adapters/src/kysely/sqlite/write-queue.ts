import { inTime, type Patience } from '../engine/deadline.ts';

/** Turns that are taken one at a time, in the order in which they are asked for. */
interface Turns {
  /** Throws `storage_unavailable` once the patience is over; a turn that comes later is given to `giveBack`, which ends it. */
  take(patience: Patience, giveBack: () => void): Promise<void>;
  end(): void;
  /** How many wait for theirs. */
  waiting(): number;
}

export const createTurns = (): Turns => {
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
      await inTime(promise, patience, giveBack);
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
export const whenLoopTurns = (): Promise<void> =>
  (looking ??= new Promise((resolve) => {
    setImmediate(() => {
      looking = null;
      resolve();
    });
  }));
