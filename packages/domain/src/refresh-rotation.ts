import type { Session, SessionPolicy } from './session.ts';
import { fromSeconds, type Instant, type Seconds, toSeconds } from './time.ts';

/**
 * How long the previous token still works after a rotation: the response may have been lost, or two tabs refreshed at
 * once.
 */
const gracePeriod: Seconds = 30;

/**
 * What a refresh token leads to: `rotate` to the next generation; `repeat` the current one; `reused`, a replaced token,
 * so that one of its two holders is a thief (RFC 9700, section 4.14.2); `unknown`, a generation that was never issued.
 */
export type RefreshDecision =
  | { readonly outcome: 'rotate'; readonly expiresAt: Instant }
  | { readonly outcome: 'repeat' | 'reused' | 'unknown' };

/**
 * Decides what a live session does with a refresh token. It rotates at most once per grace period. `shown` is the
 * token's generation.
 */
export const decideRefresh = (
  { generation, rotatedAt, createdAt }: Pick<Session, 'generation' | 'rotatedAt' | 'createdAt'>,
  shown: number,
  now: Instant,
  { lifetimes, rotation }: SessionPolicy,
): RefreshDecision => {
  // The database was restored from an older backup.
  if (shown > generation) return { outcome: 'unknown' };
  if (rotation === null) return { outcome: 'repeat' };
  const justRotated = rotatedAt !== null && now < rotatedAt + fromSeconds(gracePeriod);
  if (justRotated && shown >= generation - 1) return { outcome: 'repeat' };
  if (shown < generation) return { outcome: 'reused' };
  // Each rotation extends the session, up to its maximum lifetime.
  const expiry = Math.min(toSeconds(now) + lifetimes.refresh, toSeconds(createdAt) + rotation.maxSessionLifetime);
  return { outcome: 'rotate', expiresAt: fromSeconds(expiry) };
};
