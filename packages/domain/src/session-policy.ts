import type { Seconds } from './time.ts';

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
