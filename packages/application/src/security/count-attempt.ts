import { DomainError } from '@mentorship/domain';
import type { Attempt, Ports } from '../ports/index.ts';

export type CountingPorts = Pick<Ports, 'storage' | 'attemptDirectory' | 'attemptLimiter' | 'clock' | 'policy'>;

/**
 * Counts one attempt in a transaction of its own, before the work that the budgets limit: it counts whatever becomes of
 * the work. An attempt that is refused writes nothing, or the networks of one attacker would fill the table of counts.
 * Throws `too_many_attempts`.
 */
export const countAttempt = async (
  { storage, attemptDirectory, attemptLimiter, clock, policy }: CountingPorts,
  attempts: readonly Attempt[],
): Promise<void> => {
  if (attempts.every(({ budget }) => policy.budgets[budget] === null)) return;
  requireNoWait(await attemptLimiter.wait(attempts, attemptDirectory));
  const counted = await storage.atomically(async (repositories) => {
    const counts = await attemptLimiter.count(attempts, repositories.attempts);
    await repositories.attempts.prune(clock.now());
    return counts;
  });
  requireNoWait(Math.max(...counted.map(({ wait }) => wait)));
};

/** Throws `too_many_attempts` when the client must wait; `retryAfter` is in seconds. */
export const requireNoWait = (retryAfter: number): void => {
  if (retryAfter > 0) throw new DomainError('too_many_attempts', { retryAfter });
};
