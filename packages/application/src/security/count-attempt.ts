import { DomainError } from '@mentorship/domain';
import type { Attempt, Ports } from '../ports/index.ts';

/**
 * Counts one attempt in a transaction of its own, before the work that the budgets limit: it counts whatever becomes of
 * the work. Throws `too_many_attempts`.
 */
export const countAttempt = async (
  { storage, attemptLimiter, policy }: Pick<Ports, 'storage' | 'attemptLimiter' | 'policy'>,
  attempts: readonly Attempt[],
): Promise<void> => {
  if (attempts.every(({ budget }) => policy.budgets[budget] === null)) return;
  const counted = await storage.atomically((repositories) => attemptLimiter.count(attempts, repositories.attempts));
  requireNoWait(Math.max(...counted.map(({ wait }) => wait)));
};

/** Throws `too_many_attempts` when the client must wait; `retryAfter` is in seconds. */
export const requireNoWait = (retryAfter: number): void => {
  if (retryAfter > 0) throw new DomainError('too_many_attempts', { retryAfter });
};
