import { createHash } from 'node:crypto';
import type { Attempt, AttemptLimiter, Clock } from '@mentorship/application';
import { type Budgets, type Instant, latestEnd } from '@mentorship/domain';

/** Attempts without a budget are only summed up: over this period, in seconds. */
const unlimited = { attempts: Number.POSITIVE_INFINITY, period: 15 * 60 };

/** Holds attempts to the budgets. All instances share the counts through the store. */
export const createAttemptLimiter = ({ budgets, clock }: { budgets: Budgets; clock: Clock }): AttemptLimiter => {
  const secondsUntil = (until: Instant) => Math.max(1, Math.ceil((until - clock.now()) / 1000));

  return {
    async wait(attempts, counts) {
      let longest = 0;
      for (const attempt of attempts) {
        const budget = budgets[attempt.budget];
        if (budget === null) continue;
        // Not in parallel: every transaction locks the rows in the same order.
        const found = await counts.find(keyOf(attempt), clock.now());
        const isPresent = found && found.until <= latestEnd(clock.now() + budget.period * 1000);
        if (isPresent && found.count >= budget.attempts) longest = Math.max(longest, secondsUntil(found.until));
      }
      return longest;
    },

    async count(attempts, counts) {
      const counted = [];
      for (const attempt of attempts) {
        const budget = budgets[attempt.budget] ?? unlimited;
        const now = clock.now();
        const { count, until } = await counts.raise(keyOf(attempt), 1, now + budget.period * 1000, now);
        const isOver = count > budget.attempts;
        counted.push({ ...attempt, count, last: count === budget.attempts, wait: isOver ? secondsUntil(until) : 0 });
        // An attempt over a narrow budget does not count against wider ones: one address cannot use up what all share.
        if (isOver) break;
      }
      return counted;
    },

    forget: (attempt, counts) => counts.forget(keyOf(attempt)),
  };
};

/** A digest has a fixed length and hides what users type into the wrong field. Stored rows depend on this format. */
const keyOf = ({ budget, subject }: Attempt): string =>
  `${budget}:${createHash('sha256').update(subject).digest('base64url')}`;
