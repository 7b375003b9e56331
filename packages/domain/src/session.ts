import { fromSeconds, type Instant, type Seconds, toSeconds } from './time.ts';
import type { UserId } from './user.ts';

/** An access token authorises requests; a refresh token gets a new access token. Neither is accepted as the other. */
export type TokenType = 'access' | 'refresh';

/** The lifetime of each type of token. */
export type Lifetimes = Readonly<Record<TokenType, Seconds>>;

/** The lifetimes of tokens and sessions. */
export interface SessionPolicy {
  readonly lifetimes: Lifetimes;
  /** Set when each refresh replaces the refresh token; null when one refresh token works until the session expires. */
  readonly rotation: {
    /** The limit up to which refreshing extends a session. */
    readonly maxSessionLifetime: Seconds;
  } | null;
}

/** How far the clocks of two processes may differ. */
export const clockSkew: Seconds = 60;

/**
 * Why a session ended. `revoked`: its user or the operator ended it; `too_many_sessions`: newer sessions reached the
 * limit.
 */
export type SessionEndReason =
  | 'logout'
  | 'revoked'
  | 'password_changed'
  | 'refresh_token_reused'
  | 'too_many_sessions'
  | 'account_ended'
  | 'account_deactivated';

/** Whether the text can be the id of a session. */
export const isSessionId = (text: string): boolean => /^[\w-]{1,128}$/.test(text);

/** How many sessions of a user can be open: one response lists them all, and one statement ends them. */
export const maxOpenSessions = 1000;

/** Where a request comes from; null for what is unknown. The command line has no address. */
export interface Client {
  /** The address as text. */
  readonly ip: string | null;
  /** What rate limits count as one address: the IPv4 address, or the /64 network of an IPv6 address, such as `2001:db8::/64`. */
  readonly network: string | null;
  readonly userAgent: string | null;
}

export const unknownClient: Client = { ip: null, network: null, userAgent: null };

/** A session begins with a login. It holds no secret: tokens are signed, not stored. */
export interface Session extends Pick<Client, 'ip' | 'userAgent'> {
  readonly id: string;
  readonly userId: UserId;
  readonly createdAt: Instant;
  /** The time of the last login or refresh; other requests do not update it. */
  readonly lastUsedAt: Instant;
  /** When the refresh token expires. */
  readonly expiresAt: Instant;
  /** The latest `exp` of its access tokens: until then the row must exist, so that a revoked token is refused. */
  readonly accessUntil: Instant;
  /** How often its refresh token has been rotated. */
  readonly generation: number;
  /** When the current generation began; null for the first. */
  readonly rotatedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly endReason: SessionEndReason | null;
}

/** When an access token issued now expires. */
export const accessUntil = (now: Instant, lifetimes: Lifetimes): Instant =>
  fromSeconds(toSeconds(now) + lifetimes.access);

/** The session of a login at `now`. */
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

/** Whether the session has not ended, so that its access tokens are valid. */
export const isOpen = (session: Session): boolean => session.endedAt === null;

/** Whether the session can be refreshed or ended. */
export const isLive = (session: Session, now: Instant): boolean => isOpen(session) && session.expiresAt > now;

/**
 * Until when processes must remember that the session ended: by then its last access token has expired by every clock.
 */
export const rememberedUntil = (session: Pick<Session, 'accessUntil'>): Instant =>
  session.accessUntil + fromSeconds(clockSkew);

/** Whether every token of the session has expired, so that its row may be deleted. */
export const isPrunable = (session: Session, now: Instant): boolean =>
  session.expiresAt <= now && rememberedUntil(session) <= now;
