import type { SecurityEventDirectory, SecurityEventRepository } from '@mentorship/application';
import type { Mutex } from './mutex.ts';
import type { Journal, Tables } from './tables.ts';

/** The most events that one call of `prune` checks, oldest first. */
const maxPruned = 100;

export const memorySecurityEvents = (
  { securityEvents, counters }: Tables,
  journal: Journal,
): SecurityEventRepository => ({
  async add(events) {
    for (const event of events) {
      const id = (counters.get('security_events') ?? 0) + 1;
      journal.put(counters, 'security_events', id);
      journal.put(securityEvents, id, { ...event, id });
    }
  },

  async prune(now) {
    const expired = [...securityEvents.values().take(maxPruned)].filter(({ keepUntil }) => keepUntil <= now);
    for (const { id } of expired) journal.remove(securityEvents, id);
    return expired.length;
  },
});

export const memorySecurityEventDirectory = (
  { securityEvents }: Tables,
  runExclusive: Mutex,
): SecurityEventDirectory => ({
  list: ({ userId, before, limit }) =>
    runExclusive(() =>
      [...securityEvents.values()]
        .filter((event) => event.userId === userId && (before === null || event.id < before))
        .toSorted((a, b) => b.id - a.id)
        .slice(0, limit),
    ),
});
