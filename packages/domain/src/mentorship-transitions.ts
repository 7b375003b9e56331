import { DomainError } from './failure.ts';
import { allowedTransitions, type MentorshipStatus, type Party } from './mentorship-status.ts';
import { type Mentorship, sideOf } from './mentorship.ts';
import type { Instant } from './time.ts';
import type { UserId } from './user.ts';

/** Which party the user is; null for a stranger. */
export const partyOf = (mentorship: Mentorship, user: UserId): Party | null => {
  const side = sideOf(mentorship, user);
  return side && (side === mentorship.requestedBy ? 'sender' : 'recipient');
};

/** The mentorship in its next status. Throws `illegal_transition` for what the table does not have. */
export const transition = <Kind extends Mentorship>(
  mentorship: Kind,
  to: MentorshipStatus,
  { by, reason, at }: { by: Party; reason: string | null; at: Instant },
): Kind => {
  const { status, version } = mentorship;
  const allowed = allowedTransitions(status, by);
  if (!allowed.includes(to)) throw new DomainError('illegal_transition', { status, to, allowed });
  const moment = to === 'active' ? { startedAt: at } : { endedAt: at };
  return { ...mentorship, status: to, reason, version: version + 1, ...moment };
};

/** The mentorship as anybody sees it now: a request that nobody answered in time has expired, written down or not. */
export const applyExpiry = <Kind extends Mentorship>(mentorship: Kind, now: Instant): Kind => {
  const { status, expiresAt } = mentorship;
  if (status !== 'requested' || expiresAt === null || expiresAt > now) return mentorship;
  return transition(mentorship, 'expired', { by: 'service', reason: null, at: expiresAt });
};
