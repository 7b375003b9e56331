import type { AttemptDirectory, AttemptRepository } from '@mentorship/application';
import type { Mutex } from './mutex.ts';
import type { Journal, Tables } from './tables.ts';

/** How many of the oldest counts one call of `prune` looks at. */
const pruneBatch = 100;

export const memoryAttempts = ({ attempts }: Tables, journal: Journal): AttemptRepository => ({
  async raise(key, by, until, now) {
    const present = attempts.get(key);
    const raised = present && present.until > now ? { ...present, count: present.count + by } : { count: by, until };
    // A period that begins anew goes to the end, where the youngest are.
    if (present?.until !== raised.until) journal.remove(attempts, key);
    journal.put(attempts, key, raised);
    return raised;
  },

  async forget(key) {
    journal.remove(attempts, key);
  },

  async prune(now) {
    for (const [key, { until }] of attempts.entries().take(pruneBatch)) if (until <= now) journal.remove(attempts, key);
  },
});

export const memoryAttemptDirectory = ({ attempts }: Tables, inTurn: Mutex): AttemptDirectory => ({
  find: (key, now) =>
    inTurn(() => {
      const found = attempts.get(key);
      return found && found.until > now ? found : null;
    }),
});
