import type { SessionReference, SessionRepository } from '@mentorship/application';
import { isLive, isOpen, isSpent, type Session, type SessionEndReason, type Instant } from '@mentorship/domain';
import type { Journal, Tables } from './tables.ts';

/** How many of the oldest sessions one call of `prune` looks at. */
const pruneBatch = 100;

export const findSession = ({ sessions }: Tables, { id, userId }: SessionReference): Session | undefined => {
  const session = sessions.get(id);
  return session?.userId === userId ? session : undefined;
};

export const memorySessions = (tables: Tables, journal: Journal): SessionRepository => {
  const { sessions } = tables;
  const end = (session: Session, endReason: SessionEndReason, endedAt: Instant) =>
    journal.put(sessions, session.id, { ...session, endedAt, endReason });

  return {
    async open(session) {
      journal.put(sessions, session.id, { ...session });
    },

    async extendAccess(reference, accessUntil, now) {
      const session = findSession(tables, reference);
      if (!session || !isLive(session, now)) return false;
      if (session.accessUntil < accessUntil) journal.put(sessions, session.id, { ...session, accessUntil });
      return true;
    },

    async end(reference, reason, now) {
      const session = findSession(tables, reference);
      if (!session || !isLive(session, now)) return false;
      end(session, reason, now);
      return true;
    },

    async endOthers(keep, reason, now) {
      const kept = findSession(tables, keep);
      if (!kept || !isOpen(kept)) return false;
      for (const session of sessions.values())
        if (session.userId === kept.userId && session !== kept && isOpen(session)) end(session, reason, now);
      return true;
    },

    async prune(now) {
      for (const session of sessions.values().take(pruneBatch))
        if (isSpent(session, now)) journal.remove(sessions, session.id);
    },
  };
};
