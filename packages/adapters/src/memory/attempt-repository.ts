import type { AttemptCount, AttemptCounts, AttemptDirectory, AttemptRepository } from '@mentorship/application';
import { type Instant, latestEnd } from '@mentorship/domain';
import type { Mutex } from './mutex.ts';
import type { Journal, Tables } from './tables.ts';

/** The most counts that one call of `prune` checks, oldest first. */
const maxPruned = 100;

export const memoryAttempts = ({ attempts }: Tables, journal: Journal): AttemptRepository => ({
  find: async (keys, now) => present(attempts, keys, now),
  raise: async (raises, now) =>
    new Map(
      raises.map(({ key, by, until }) => {
        const before = attempts.get(key);
        const isCurrent = before && before.until > now && before.until <= latestEnd(until);
        const after = isCurrent ? { ...before, count: before.count + by } : { count: by, until };
        // A new period moves the key to the end of the map, where the newest are.
        if (before?.until !== after.until) journal.remove(attempts, key);
        journal.put(attempts, key, after);
        return [key, after] as const;
      }),
    ),
  forget: async (key) => journal.remove(attempts, key),

  async prune(now) {
    const expired = [...attempts.entries().take(maxPruned)].filter(([, { until }]) => until <= now);
    for (const [key] of expired) journal.remove(attempts, key);
    return expired.length;
  },
});

export const memoryAttemptDirectory = ({ attempts }: Tables, runExclusive: Mutex): AttemptDirectory => ({
  find: (keys, now) => runExclusive(() => present(attempts, keys, now)),
});

const present = (attempts: Tables['attempts'], keys: readonly string[], now: Instant): AttemptCounts => {
  const found = keys.map((key) => [key, attempts.get(key)] as const);
  return new Map(found.filter((row): row is readonly [string, AttemptCount] => (row[1]?.until ?? 0) > now));
};
