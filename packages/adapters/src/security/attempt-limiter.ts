import { createHash } from 'node:crypto';
import type { Attempt, AttemptCount, AttemptLimiter, Clock } from '@mentorship/application';
import { type Budgets, fromSeconds, type Instant, latestEnd } from '@mentorship/domain';

/** Attempts without a budget are only summed up: over this period, in seconds. */
const unlimited = { attempts: Number.POSITIVE_INFINITY, period: 15 * 60 };

/** Holds attempts to the budgets. All instances share the counts through the store. */
export const createAttemptLimiter = ({ budgets, clock }: { budgets: Budgets; clock: Clock }): AttemptLimiter => {
  const secondsUntil = (until: Instant) => Math.max(1, Math.ceil((until - clock.now()) / 1000));

  return {
    async wait(attempts, counts) {
      const limited = attempts.flatMap((attempt) => {
        const budget = budgets[attempt.budget];
        return budget === null ? [] : [{ key: keyOf(attempt), limit: limitOf(budget, attempt), period: budget.period }];
      });
      if (limited.length === 0) return 0;
      const now = clock.now();
      const found = await counts.find(
        limited.map(({ key }) => key),
        now,
      );
      const waits = limited.map(({ key, limit, period }) => {
        const count = found.get(key);
        const isCurrent = count && count.until <= latestEnd(now + fromSeconds(period));
        return isCurrent && count.count >= limit ? secondsUntil(count.until) : 0;
      });
      return Math.max(...waits);
    },

    async count(attempts, counts) {
      const now = clock.now();
      const raises = attempts.map((attempt) => {
        const { period } = budgets[attempt.budget] ?? unlimited;
        return { key: keyOf(attempt), by: 1, until: now + fromSeconds(period) };
      });
      const raised = await counts.raise(raises, now);
      const counted = attempts.map((attempt) => {
        const { count, until } = present(raised.get(keyOf(attempt)));
        const limit = limitOf(budgets[attempt.budget] ?? unlimited, attempt);
        return { ...attempt, count, last: count === limit, wait: count > limit ? secondsUntil(until) : 0 };
      });
      // An attempt over a narrow budget does not count against wider ones: one address cannot use up what all share.
      const end = counted.findIndex(({ wait }) => wait > 0) + 1 || attempts.length;
      const beyond = raises.slice(end).map((raise) => ({ ...raise, by: -1 }));
      if (beyond.length > 0) await counts.raise(beyond, now);
      return counted.slice(0, end);
    },

    forget: forgetAttempt,
  };
};

/** See `AttemptLimiter.forget`, which needs no budgets. */
export const forgetAttempt: AttemptLimiter['forget'] = (attempt, counts) => counts.forget(keyOf(attempt));

const present = (count: AttemptCount | undefined): AttemptCount => {
  if (count === undefined) throw new Error('Every count that is raised is returned, but one was not.');
  return count;
};

const limitOf = (budget: { readonly attempts: number }, { addresses = 1 }: Attempt): number =>
  budget.attempts * addresses;

/** A digest has a fixed length and hides what users type into the wrong field. Stored rows depend on this format. */
const keyOf = ({ budget, subject }: Attempt): string =>
  `${budget}:${createHash('sha256').update(subject).digest('base64url')}`;
