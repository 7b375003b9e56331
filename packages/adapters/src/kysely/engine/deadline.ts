import { storageUnavailable } from '@mentorship/application';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** How long one request waits for the store in total: the work before the store may use the rest of two seconds. */
export const defaultDeadlineMs = 1500;

/** The same for a migration: other starting processes may be migrating too, and a large table takes time. */
export const migrationDeadlineMs = 600_000;

/** The database is busy with other callers of this process: the wait for it has taken too long. */
export class DeadlinePassed extends Error {}

/** The waiting time that a caller has left. It runs only while the caller waits; parallel waits count once. */
export interface Deadline {
  /** Negative once the deadline has passed during a wait. */
  remainingMs(): number;
  beginWait(): void;
  endWait(): void;
}

export const createDeadline = (deadlineMs: number): Deadline => {
  let [remaining, beganAt, waits] = [deadlineMs, 0, 0];
  return {
    remainingMs: () => remaining - (waits > 0 ? performance.now() - beganAt : 0),
    beginWait() {
      if (waits === 0) beganAt = performance.now();
      waits += 1;
    },
    endWait() {
      waits -= 1;
      if (waits === 0) remaining -= performance.now() - beganAt;
    },
  };
};

const callerDeadline = new AsyncLocalStorage<Deadline>();

/** The caller's deadline; a new one when the caller has none. */
export const currentDeadline = (deadlineMs: number): Deadline =>
  callerDeadline.getStore() ?? createDeadline(deadlineMs);

/** Runs the work under one deadline, which all its calls to the store share: the caller's, or else a new one. */
export const withDeadline = <Result>(
  work: (deadline: Deadline) => Result,
  deadlineMs: number = defaultDeadlineMs,
): Result => {
  const existing = callerDeadline.getStore();
  if (existing) return work(existing);
  const deadline = createDeadline(deadlineMs);
  return callerDeadline.run(deadline, () => work(deadline));
};

const maxPauseMs = 32;

/**
 * Retries the attempt after a short random pause for as long as its error is retryable.
 * Throws `storage_unavailable` after the deadline, and any other error at once.
 */
export const retry = async <Result>(
  attempt: () => Promise<Result> | Result,
  isRetryable: (error: unknown) => boolean,
  deadline: Deadline,
): Promise<Result> => {
  deadline.beginWait();
  try {
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      try {
        return await attempt();
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (deadline.remainingMs() <= 0) throw storageUnavailable(error);
        await delay(pauseMs * (0.5 + Math.random()));
      }
    }
  } finally {
    deadline.endWait();
  }
};

/**
 * Resolves to the resource if it arrives before the deadline. Throws `storage_unavailable` otherwise, and releases a
 * resource that arrives later.
 */
export const beforeDeadline = async <Resource>(
  resource: Promise<Resource>,
  deadline: Deadline,
  release: (late: Resource) => void,
): Promise<Resource> => {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DeadlinePassed('The deadline passed before a resource was free.')),
    Math.max(0, deadline.remainingMs()),
  );
  try {
    return await Promise.race([resource, timeout]);
  } catch (error) {
    resource.then(release, () => {});
    throw storageUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
};
