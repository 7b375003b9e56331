import { storageUnavailable } from '@mentorship/application';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** How long one who asks waits for the store in all, in milliseconds: what stands before it has the rest of two seconds. */
export const defaultDeadlineMs = 1500;

/** The same for a migration: other processes that start may be migrating too, and a large table takes its time. */
export const migrationDeadlineMs = 600_000;

/** What is left of the time that somebody may wait. It runs while they wait for anything, once for what they wait for side by side. */
export interface Deadline {
  /** In milliseconds. */
  left(): number;
  begin(): void;
  end(): void;
}

export const createDeadline = (milliseconds: number): Deadline => {
  let [left, began, waits] = [milliseconds, 0, 0];
  return {
    left: () => left - (waits > 0 ? performance.now() - began : 0),
    begin() {
      if (waits === 0) began = performance.now();
      waits += 1;
    },
    end() {
      waits -= 1;
      if (waits === 0) left -= performance.now() - began;
    },
  };
};

const shared = new AsyncLocalStorage<Deadline>();

/** That of whoever asks, or a fresh one. */
export const currentDeadline = (milliseconds: number): Deadline => shared.getStore() ?? createDeadline(milliseconds);

/** Whatever the work asks of the store, at once or later, it waits for with one patience: that of its caller, or a fresh one. */
export const withDeadline = <Result>(
  work: (patience: Deadline) => Result,
  milliseconds: number = defaultDeadlineMs,
): Result => {
  const known = shared.getStore();
  if (known) return work(known);
  const patience = createDeadline(milliseconds);
  return shared.run(patience, () => work(patience));
};

/**
 * Runs the attempt again, after a short random pause, as long as it fails with what `again` accepts.
 * Throws `storage_unavailable` once the time is up.
 */
export const retrying = async <Result>(
  attempt: () => Promise<Result> | Result,
  again: (error: unknown) => boolean,
  patience: Deadline,
): Promise<Result> => {
  patience.begin();
  try {
    for (let pause = 1; ; pause = Math.min(pause * 2, 32)) {
      try {
        return await attempt();
      } catch (error) {
        if (!again(error)) throw error;
        if (patience.left() <= 0) throw storageUnavailable(error);
        await delay(pause * (0.5 + Math.random()));
      }
    }
  } finally {
    patience.end();
  }
};

/** What was asked for, unless the time is up first: `storage_unavailable`, and what comes too late is given back. */
export const beforeDeadline = async <Asked>(
  asked: Promise<Asked>,
  patience: Deadline,
  giveBack: (late: Asked) => void,
): Promise<Asked> => {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('Nothing was free in time.')), Math.max(0, patience.left()));
  try {
    return await Promise.race([asked, timeUp]);
  } catch (error) {
    asked.then(giveBack, () => {});
    throw storageUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
};
