import type { Seconds } from './time.ts';

/** An access token opens the API; a refresh token gets a new access token. One never passes for the other. */
export type TokenType = 'access' | 'refresh';

/** How long a token of each kind lives. */
export type Lifetimes = Readonly<Record<TokenType, Seconds>>;

/** How long tokens and sessions live. */
export interface SessionPolicy {
  readonly lifetimes: Lifetimes;
  /** Whether a refresh replaces the refresh token by the next; null when the same one works until the session is over. */
  readonly rotation: {
    /** How long a session may be kept alive by refreshing. */
    readonly maxSessionLifetime: Seconds;
  } | null;
}

/** How far the instances' clocks may differ. */
export const clockSkew: Seconds = 60;
