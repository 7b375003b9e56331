import { type PasswordHasher, UnavailableError } from '@mentorship/application';
import { Counter, Histogram, type Registry } from '@prometheus-io/client';

/** In seconds. A hash takes about 50 ms of a core, and waits up to 5 s in the queue. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const isOverload = (error: unknown): boolean => error instanceof UnavailableError && error.code === 'overloaded';

/** Wraps the hasher to measure how long it takes and count how often it is overloaded. */
export const measurePasswords = (hasher: PasswordHasher, registry: Registry): PasswordHasher => {
  const durations = new Histogram({
    name: 'mentorship_password_hash_duration_seconds',
    help: 'Time to hash or check a password, in seconds, including its wait in the queue.',
    buckets,
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'mentorship_password_hash_refusals_total',
    help: 'Passwords that were not hashed or checked because the queue was full or the wait too long.',
    registers: [registry],
  });

  const measured = async <Result>(result: Promise<Result>): Promise<Result> => {
    const began = performance.now();
    try {
      const value = await result;
      durations.observe((performance.now() - began) / 1000);
      return value;
    } catch (error) {
      if (isOverload(error)) refusals.inc();
      throw error;
    }
  };
  return {
    ...hasher,
    hash: (...input) => measured(hasher.hash(...input)),
    verify: (...input) => measured(hasher.verify(...input)),
  };
};
