import { createHash } from 'node:crypto';
import type { Attempt, AttemptCount, AttemptLimiter, AttemptRepository, Clock } from '@mentorship/application';
import type { Budgets, Seconds, Tally } from '@mentorship/domain';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';
import RateLimiterStoreAbstract from 'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js';

/** Where a call counts: in the transaction that it is part of, or by a read outside one. */
type Counts = Partial<AttemptRepository>;

/** How many attempts a tally without a budget counts to: more than a period can have. */
const unlimited = Number.MAX_SAFE_INTEGER;

/** The period over which a tally without a budget is summed up, in seconds. */
const unlimitedPeriod: Seconds = 15 * 60;

/** A limiter of the library that counts where each call says, by our clock, where its own would open a table by itself. */
const createLimiter = (clock: Clock, options: { keyPrefix: string; points: number; duration: Seconds }) => {
  const limiter = new RateLimiterStoreAbstract({ ...options, storeClient: null });
  return Object.assign(limiter, {
    async _upsert(key: string, points: number, ms: number, _force: boolean, { counts }: { counts: Counts }) {
      const now = clock.now();
      return counts.raise?.(key, points, now + ms, now);
    },
    _get: async (key: string, { counts }: { counts: Counts }) => counts.find?.(key, clock.now()),
    _delete: async (key: string, { counts }: { counts: Counts }) => counts.forget?.(key),
    _getRateLimiterRes: (_key: string, changed: number, { count, until }: AttemptCount) =>
      new RateLimiterRes(Math.max(limiter.points - count, 0), until - clock.now(), count, count === changed),
  });
};

/** Budgets by rate-limiter-flexible, the counts shared by all instances through the store. */
export const rateAttemptLimiter = ({ budgets, clock }: { budgets: Budgets; clock: Clock }): AttemptLimiter => {
  const limiters = new Map<Tally, ReturnType<typeof createLimiter>>();
  for (const [tally, budget] of Object.entries(budgets) as [Tally, Budgets[Tally]][]) {
    const { attempts: points, period: duration } = budget ?? { attempts: unlimited, period: unlimitedPeriod };
    limiters.set(tally, createLimiter(clock, { keyPrefix: tally, points, duration }));
  }
  const limiterOf = ({ tally }: Attempt) => limiters.get(tally) as ReturnType<typeof createLimiter>;
  const seconds = ({ msBeforeNext }: RateLimiterRes) => Math.max(1, Math.ceil(msBeforeNext / 1000));

  return {
    async wait(attempts, counts) {
      let longest = 0;
      // One after the other, as below.
      for (const attempt of attempts) {
        if (budgets[attempt.tally] === null) continue;
        const found = await limiterOf(attempt).get(keyOf(attempt), { counts });
        if (found && found.remainingPoints <= 0) longest = Math.max(longest, seconds(found));
      }
      return longest;
    },

    async count(attempts, counts) {
      const counted = [];
      // One after the other: everyone takes the rows in the same order.
      for (const attempt of attempts) {
        const limiter = limiterOf(attempt);
        const present = await limiter.penalty(keyOf(attempt), 1, { counts });
        const count = present.consumedPoints;
        const tooMany = count > limiter.points;
        counted.push({ ...attempt, count, last: count === limiter.points, wait: tooMany ? seconds(present) : 0 });
        // Refused by the narrower budget, it says nothing of the wider: one address cannot use up what is for all.
        if (tooMany) break;
      }
      return counted;
    },

    async forget(attempt, counts) {
      await limiterOf(attempt).delete(keyOf(attempt), { counts });
    },
  };
};

/** A digest: of one length, and what people type into the wrong field is not kept. */
const keyOf = ({ subject }: Attempt): string => createHash('sha256').update(subject).digest('base64url');
