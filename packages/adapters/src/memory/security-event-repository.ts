import type { SecurityEventDirectory, SecurityEventRepository } from '@mentorship/application';
import type { Mutex } from './mutex.ts';
import type { Journal, Tables } from './tables.ts';

/** How many of the oldest events one call of `prune` looks at. */
const pruneBatch = 100;

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
    const over = [...securityEvents.values().take(pruneBatch)].filter(({ keepUntil }) => keepUntil <= now);
    for (const { id } of over) journal.remove(securityEvents, id);
    return over.length;
  },
});

export const memorySecurityEventDirectory = ({ securityEvents }: Tables, inTurn: Mutex): SecurityEventDirectory => ({
  list: ({ userId, before, limit }) =>
    inTurn(() =>
      [...securityEvents.values()]
        .filter((event) => event.userId === userId && (before === null || event.id < before))
        .toSorted((a, b) => b.id - a.id)
        .slice(0, limit),
    ),
});
