import { DomainError } from './failure.ts';
import { allowedTransitions, type MentorshipStatus, type Party } from './mentorship-status.ts';
import { closingReasons, type Mentorship, sideOf } from './mentorship.ts';
import type { Instant } from './time.ts';
import type { UserId } from './user.ts';

/** Which party the user is; null for a user outside the mentorship. */
export const partyOf = (mentorship: Mentorship, user: UserId): Party | null => {
  const side = sideOf(mentorship, user);
  return side && (side === mentorship.requestedBy ? 'sender' : 'recipient');
};

/** Returns the mentorship in its next status. Throws `illegal_transition` for a change that is not in the table. */
export const transition = <Value extends Mentorship>(
  mentorship: Value,
  to: MentorshipStatus,
  { by, reason, at }: { by: Party; reason: string | null; at: Instant },
): Value => {
  const { status, version } = mentorship;
  const allowed = allowedTransitions(status, by);
  if (!allowed.includes(to)) throw new DomainError('illegal_transition', { status, to, allowed });
  const timestamp = to === 'active' ? { startedAt: at } : { endedAt: at };
  return { ...mentorship, status: to, reason, version: version + 1, ...timestamp };
};

/** Returns the mentorship as of now: an overdue request has expired, whether or not the store says so yet. */
export const applyExpiry = <Value extends Mentorship>(mentorship: Value, now: Instant): Value => {
  const { status, expiresAt } = mentorship;
  if (status !== 'requested' || expiresAt === null || expiresAt > now) return mentorship;
  return transition(mentorship, 'expired', { by: 'service', reason: null, at: expiresAt });
};

/** Whether the mentorship is a request that was declined, cancelled or expired by then. */
export const cameToNothing = (mentorship: Mentorship, by: Instant): boolean => {
  const { startedAt, endedAt } = applyExpiry(mentorship, by);
  return startedAt === null && endedAt !== null && endedAt <= by;
};

/** Whether the mentorship has a message, or a reason that is not a `ClosingReason`. */
export const hasWords = (mentorship: Mentorship): boolean =>
  mentorship.message !== null || mentorship.reason !== closingReasonOf(mentorship);

/** Returns the next version of the mentorship, without the words of its users: a `ClosingReason` stays. */
export const withoutWords = <Value extends Mentorship>(mentorship: Value): Value => ({
  ...mentorship,
  message: null,
  reason: closingReasonOf(mentorship),
  version: mentorship.version + 1,
});

const closingReasonOf = ({ reason }: Mentorship) => closingReasons.find((closing) => closing === reason) ?? null;
