import type { AttemptCount, AttemptDirectory, AttemptRepository } from '@mentorship/application';
import type { Instant } from '@mentorship/domain';
import type { Mutex } from './mutex.ts';
import type { Journal, Tables } from './tables.ts';

/** How many of the oldest counts one call of `prune` looks at. */
const pruneBatch = 100;

export const memoryAttempts = ({ attempts }: Tables, journal: Journal): AttemptRepository => ({
  find: async (key, now) => present(attempts, key, now),

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
    const over = [...attempts.entries().take(pruneBatch)].filter(([, { until }]) => until <= now);
    for (const [key] of over) journal.remove(attempts, key);
    return over.length;
  },
});

export const memoryAttemptDirectory = ({ attempts }: Tables, inTurn: Mutex): AttemptDirectory => ({
  find: (key, now) => inTurn(() => present(attempts, key, now)),
});

const present = (attempts: Tables['attempts'], key: string, now: Instant): AttemptCount | null => {
  const found = attempts.get(key);
  return found && found.until > now ? found : null;
};
