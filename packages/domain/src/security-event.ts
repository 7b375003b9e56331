import type { Client, SessionEndReason } from './session.ts';
import { fromSeconds, type Instant, type Seconds } from './time.ts';
import type { UserId } from './user.ts';

export type SecurityEventType =
  | 'registered'
  | 'logged_in'
  | 'login_failed'
  | 'login_throttled'
  | 'password_changed'
  | 'session_ended'
  | 'refresh_token_reused'
  | 'account_ended'
  | 'account_deactivated'
  | 'account_activated'
  | 'account_unlocked';

/** A security-relevant event of an account, for its owner and for investigations. Events never change. */
export interface SecurityEvent extends Pick<Client, 'ip' | 'userAgent'> {
  readonly type: SecurityEventType;
  readonly at: Instant;
  /** null for a failed login with an unknown name. The name itself is not stored. */
  readonly userId: UserId | null;
  readonly sessionId: string | null;
  /** Why a session ended. */
  readonly reason: SessionEndReason | null;
  /** The number of failures in the current period, this one included; 1 for other events. */
  readonly count: number;
  readonly keepUntil: Instant;
}

/** An event without the fields that have defaults. */
export type SecurityEventInput = Pick<SecurityEvent, 'type'> &
  Partial<Pick<SecurityEvent, 'userId' | 'sessionId' | 'reason' | 'count'>>;

/** Creates an event that is kept for `retention` seconds. */
export const securityEvent = (
  { type, userId = null, sessionId = null, reason = null, count = 1 }: SecurityEventInput,
  { ip, userAgent }: Client,
  { at, retention }: { at: Instant; retention: Seconds },
): SecurityEvent => ({
  type,
  at,
  userId,
  sessionId,
  reason,
  count,
  ip,
  userAgent,
  keepUntil: at + fromSeconds(retention),
});
