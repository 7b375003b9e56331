import { fromSeconds, type Instant, toSeconds } from './time.ts';
import type { Lifetimes } from './token-policy.ts';
import type { UserId } from './user.ts';

export type SessionEndReason = 'logout' | 'password_changed';

/** One login's life. Nothing in it is secret: tokens are signed, not stored. */
export interface Session {
  readonly id: string;
  readonly userId: UserId;
  readonly createdAt: Instant;
  /** When the refresh token runs out. */
  readonly expiresAt: Instant;
  /** The largest `exp` of an access token issued for it: until then the row must be there to refuse one. */
  readonly accessUntil: Instant;
  readonly endedAt: Instant | null;
  readonly endReason: SessionEndReason | null;
}

/** The moment an access token issued now runs out. */
export const accessUntil = (now: Instant, lifetimes: Lifetimes): Instant =>
  fromSeconds(toSeconds(now) + lifetimes.access);

/** The session of a login that succeeds now. */
export const openSession = (id: string, userId: UserId, now: Instant, lifetimes: Lifetimes): Session => ({
  id,
  userId,
  createdAt: now,
  expiresAt: fromSeconds(toSeconds(now) + lifetimes.refresh),
  accessUntil: accessUntil(now, lifetimes),
  endedAt: null,
  endReason: null,
});

/** Whether an access token of this session is still good: none is once it has ended, by whatever way. */
export const isOpen = (session: Session): boolean => session.endedAt === null;

/** Whether the session can still be refreshed or ended. */
export const isLive = (session: Session, now: Instant): boolean => isOpen(session) && session.expiresAt > now;

/** Whether no token of the session can be good any more, so that its row may go. */
export const isSpent = (session: Session, now: Instant): boolean =>
  session.expiresAt <= now && session.accessUntil <= now;
