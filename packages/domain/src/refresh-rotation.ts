import type { Session } from './session.ts';
import type { SessionPolicy } from './session-policy.ts';
import { fromSeconds, type Instant, type Seconds, toSeconds } from './time.ts';

/** How long after a rotation the token before still works: its answer may have been lost, or another tab was as fast. */
const grace: Seconds = 30;

/**
 * What presenting a refresh token comes to: the session moves on to the next generation, repeats the present one, or is
 * shown a token that had been replaced, so that one of two holders is a thief (RFC 9700, section 4.14.2).
 */
export type RefreshDecision =
  | { readonly kind: 'rotate'; readonly expiresAt: Instant }
  | { readonly kind: 'repeat' | 'reused' | 'unknown' };

/** Decides about a live session, so that it rotates at most once in 30 seconds and forgives an answer lost for as long. */
export const decideRefresh = (
  { generation, rotatedAt, createdAt }: Pick<Session, 'generation' | 'rotatedAt' | 'createdAt'>,
  shown: number,
  now: Instant,
  { lifetimes, rotation }: SessionPolicy,
): RefreshDecision => {
  // Never issued: the database has been set back.
  if (shown > generation) return { kind: 'unknown' };
  if (rotation === null) return { kind: 'repeat' };
  const justRotated = rotatedAt !== null && now < rotatedAt + fromSeconds(grace);
  if (justRotated && shown >= generation - 1) return { kind: 'repeat' };
  if (shown < generation) return { kind: 'reused' };
  // A session lives while it is used, up to its longest life.
  const expiry = Math.min(toSeconds(now) + lifetimes.refresh, toSeconds(createdAt) + rotation.maxSessionLifetime);
  return { kind: 'rotate', expiresAt: fromSeconds(expiry) };
};
