import type { SessionDirectory } from '@mentorship/application';
import { isOpen, rememberedUntil } from '@mentorship/domain';
import type { Mutex } from './mutex.ts';
import { findSession } from './session-repository.ts';
import type { Tables } from './tables.ts';

export const memorySessionDirectory = (tables: Tables, runExclusive: Mutex): SessionDirectory => ({
  isOpen: (reference) =>
    runExclusive(() => {
      const session = findSession(tables, reference);
      return session !== undefined && isOpen(session);
    }),

  list: ({ userId, now, limit }) =>
    runExclusive(() =>
      [...tables.sessions.values()]
        .filter((session) => session.userId === userId && isOpen(session))
        .filter(({ expiresAt, accessUntil }) => expiresAt > now || accessUntil > now)
        .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id, createdAt, lastUsedAt, expiresAt, userAgent, ip }) => ({
          id,
          createdAt,
          lastUsedAt,
          expiresAt,
          userAgent,
          ip,
        })),
    ),

  endedSince: (since, now) =>
    runExclusive(() => {
      const number = tables.counters.get('session_ends') ?? 0;
      if (number === since) return { number, ended: [] };
      const ended = [...tables.sessionEnds]
        .filter(([, number]) => number > since)
        .flatMap(([id]) => tables.sessions.get(id) ?? [])
        .filter((session) => rememberedUntil(session) > now)
        .map(({ id, userId, accessUntil }) => ({ id, userId, accessUntil }));
      return { number, ended };
    }),
});
