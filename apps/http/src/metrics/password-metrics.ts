import { type PasswordHasher, UnavailableError } from '@mentorship/application';
import { Counter, Histogram, type Registry } from '@prometheus-io/client';

/** In seconds: one hash takes some 50 ms of a core, and waits for its turn up to 5 s. */
const buckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const isOverload = (error: unknown): boolean => error instanceof UnavailableError && error.code === 'overloaded';

/** The same hasher; how long its answers take is measured, and how often it refuses is counted. */
export const measurePasswords = (hasher: PasswordHasher, registry: Registry): PasswordHasher => {
  const durations = new Histogram({
    name: 'mentorship_password_hash_duration_seconds',
    help: 'From asking for a password to be hashed or checked to the result, the wait for its turn included.',
    buckets,
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'mentorship_password_hash_refusals_total',
    help: 'Passwords that were neither hashed nor checked, because too many waited or the wait was too long.',
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
    hash: (...about) => measured(hasher.hash(...about)),
    verify: (...about) => measured(hasher.verify(...about)),
  };
};
