import type { SessionReference, SessionRepository, SessionSelection } from '@mentorship/application';
import { isLive, isOpen, isPrunable, type Session } from '@mentorship/domain';
import type { Journal, Tables } from './tables.ts';

/** The most sessions that one call of `prune` checks, oldest first. */
const maxPruned = 100;

export const findSession = ({ sessions }: Tables, { id, userId }: SessionReference): Session | undefined => {
  const session = sessions.get(id);
  return session?.userId === userId ? session : undefined;
};

const openSessions = (tables: Tables, which: SessionSelection): Session[] => {
  if ('id' in which && which.id !== undefined) {
    const session = findSession(tables, { id: which.id, userId: which.userId });
    return session && isOpen(session) ? [session] : [];
  }
  const open = [...tables.sessions.values()].filter((session) => session.userId === which.userId && isOpen(session));
  if ('except' in which) return open.filter(({ id }) => id !== which.except);
  if (!('exceptNewest' in which)) return open;
  return open.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1)).slice(which.exceptNewest);
};

export const memorySessions = (tables: Tables, journal: Journal): SessionRepository => {
  const { sessions, sessionEnds, counters } = tables;
  const change = (session: Session, changes: Partial<Session>) =>
    journal.put(sessions, session.id, { ...session, ...changes });

  return {
    async open(session) {
      journal.put(sessions, session.id, { ...session });
    },

    async find(reference) {
      return findSession(tables, reference) ?? null;
    },

    async extendAccess(reference, accessUntil, now) {
      const session = findSession(tables, reference);
      if (!session || !isLive(session, now)) return false;
      change(session, { accessUntil: Math.max(session.accessUntil, accessUntil), lastUsedAt: now });
      return true;
    },

    async rotate(reference, { from, expiresAt, accessUntil }, now) {
      const session = findSession(tables, reference);
      if (!session || !isLive(session, now) || session.generation !== from) return false;
      change(session, {
        generation: from + 1,
        rotatedAt: now,
        expiresAt,
        accessUntil: Math.max(session.accessUntil, accessUntil),
        lastUsedAt: now,
      });
      return true;
    },

    async end(which, reason, now) {
      const ended = openSessions(tables, which);
      if (ended.length === 0) return [];
      const number = (counters.get('session_ends') ?? 0) + 1;
      journal.put(counters, 'session_ends', number);
      for (const session of ended) {
        change(session, { endedAt: now, endReason: reason });
        journal.put(sessionEnds, session.id, number);
      }
      return ended.map(({ id, userId, accessUntil }) => ({ id, userId, accessUntil }));
    },

    async eraseClients(userId) {
      for (const session of sessions.values())
        if (session.userId === userId) change(session, { ip: null, userAgent: null });
    },

    async prune(now) {
      const prunable = [...sessions.values().take(maxPruned)].filter((session) => isPrunable(session, now));
      for (const { id } of prunable) {
        journal.remove(sessions, id);
        journal.remove(sessionEnds, id);
      }
      return prunable.length;
    },
  };
};
