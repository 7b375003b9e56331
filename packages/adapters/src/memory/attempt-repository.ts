import type { AttemptCount, AttemptDirectory, AttemptRepository } from '@mentorship/application';
import { type Instant, latestEnd } from '@mentorship/domain';
import type { Mutex } from './mutex.ts';
import type { Journal, Tables } from './tables.ts';

/** The most counts that one call of `prune` checks, oldest first. */
const maxPruned = 100;

export const memoryAttempts = ({ attempts }: Tables, journal: Journal): AttemptRepository => ({
  find: async (key, now) => present(attempts, key, now),

  async raise(key, by, until, now) {
    const present = attempts.get(key);
    const raised =
      present && present.until > now && present.until <= latestEnd(until)
        ? { ...present, count: present.count + by }
        : { count: by, until };
    // A new period moves the key to the end of the map, where the newest are.
    if (present?.until !== raised.until) journal.remove(attempts, key);
    journal.put(attempts, key, raised);
    return raised;
  },

  async forget(key) {
    journal.remove(attempts, key);
  },

  async prune(now) {
    const expired = [...attempts.entries().take(maxPruned)].filter(([, { until }]) => until <= now);
    for (const [key] of expired) journal.remove(attempts, key);
    return expired.length;
  },
});

export const memoryAttemptDirectory = ({ attempts }: Tables, runExclusive: Mutex): AttemptDirectory => ({
  find: (key, now) => runExclusive(() => present(attempts, key, now)),
});

const present = (attempts: Tables['attempts'], key: string, now: Instant): AttemptCount | null => {
  const found = attempts.get(key);
  return found && found.until > now ? found : null;
};
