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
  | 'account_activated';

/** Something that happened to an account and that its owner, or an investigation, may want to know. Never changed. */
export interface SecurityEvent extends Pick<Client, 'ip' | 'userAgent'> {
  readonly type: SecurityEventType;
  readonly at: Instant;
  /** null where nobody is known: a failed login under a name that nobody has. The name itself is not kept. */
  readonly userId: UserId | null;
  readonly sessionId: string | null;
  /** Why a session ended. */
  readonly reason: SessionEndReason | null;
  /** Of failures: how many there have been by then in the present period. */
  readonly count: number;
  readonly keepUntil: Instant;
}

/** What happened, of which nothing else needs to be said. */
export type SecurityEventInput = Pick<SecurityEvent, 'type'> &
  Partial<Pick<SecurityEvent, 'userId' | 'sessionId' | 'reason' | 'count'>>;

/** What happened now, to be kept for as long as the operator says. */
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
