import { clockSkew, type Lifetimes, type SessionPolicy } from './session-policy.ts';
import { fromSeconds, type Instant, toSeconds } from './time.ts';
import type { UserId } from './user.ts';

/**
 * Why a session ended: by its user, one way or another; because its refresh token was used by two; because the user
 * has opened so many since; or because the operator has deactivated the account.
 */
export type SessionEndReason =
  | 'logout'
  | 'revoked'
  | 'password_changed'
  | 'refresh_token_reused'
  | 'too_many_sessions'
  | 'account_ended'
  | 'account_deactivated';

/** Whether a text, of a URL for one, can be the id of a session. */
export const isSessionId = (text: string): boolean => /^[\w-]{1,128}$/.test(text);

/** How many sessions of a user can be open: no more than one answer lists and one statement ends. */
export const maxOpenSessions = 1000;

/** Where a request comes from, as far as it is known; a command line has no address. */
export interface Client {
  /** The address as people read it. */
  readonly ip: string | null;
  /** What budgets count as one address: the address itself, or the /64 that an IPv6 host has to itself. */
  readonly network: string | null;
  readonly userAgent: string | null;
}

export const unknownClient: Client = { ip: null, network: null, userAgent: null };

/** One login's life. Nothing in it is secret: tokens are signed, not stored. */
export interface Session extends Pick<Client, 'ip' | 'userAgent'> {
  readonly id: string;
  readonly userId: UserId;
  readonly createdAt: Instant;
  /** The last login or refresh: requests in between leave no trace. */
  readonly lastUsedAt: Instant;
  /** When the refresh token runs out. */
  readonly expiresAt: Instant;
  /** The largest `exp` of an access token issued for it: until then the row must be there to refuse one. */
  readonly accessUntil: Instant;
  /** How often its refresh token has been replaced by the next. */
  readonly generation: number;
  /** When the present generation began; null for the first. */
  readonly rotatedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endReason: SessionEndReason | null;
}

/** The moment an access token issued now runs out. */
export const accessUntil = (now: Instant, lifetimes: Lifetimes): Instant =>
  fromSeconds(toSeconds(now) + lifetimes.access);

/** The session of a login that succeeds now. */
export const openSession = (
  id: string,
  userId: UserId,
  now: Instant,
  { lifetimes }: Pick<SessionPolicy, 'lifetimes'>,
  { ip, userAgent }: Client = unknownClient,
): Session => ({
  id,
  userId,
  createdAt: now,
  lastUsedAt: now,
  expiresAt: fromSeconds(toSeconds(now) + lifetimes.refresh),
  accessUntil: accessUntil(now, lifetimes),
  generation: 0,
  rotatedAt: null,
  ip,
  userAgent,
  endedAt: null,
  endReason: null,
});

/** Whether an access token of this session is still good: none is once it has ended, by whatever way. */
export const isOpen = (session: Session): boolean => session.endedAt === null;

/** Whether the session can still be refreshed or ended. */
export const isLive = (session: Session, now: Instant): boolean => isOpen(session) && session.expiresAt > now;

/** Until when the end of a session must be remembered: its last access token has run out by every instance's clock. */
export const rememberedUntil = (session: Pick<Session, 'accessUntil'>): Instant =>
  session.accessUntil + fromSeconds(clockSkew);

/** Whether no token of the session can be good any more, so that its row may go. */
export const isPrunable = (session: Session, now: Instant): boolean =>
  session.expiresAt <= now && rememberedUntil(session) <= now;
