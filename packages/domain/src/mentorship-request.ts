import { DomainError } from './failure.ts';
import { type Candidate, requireRequestsAllowed, requireNoCycle } from './mentor-choice.ts';
import type { Mentorship, MentorshipId, Side } from './mentorship.ts';
import type { UserId } from './user.ts';

/** How many open requests a user may have sent as each side. Others could use up a limit on what the user receives. */
export const maxOpenRequests = { mentee: 5, mentor: 20 } as const satisfies Record<Side, number>;

/** What a new request is checked against. */
export interface RequestSituation {
  readonly menteeId: UserId;
  readonly candidate: Candidate;
  readonly requestedBy: Side;
  /** The active mentorship of the mentee. */
  readonly current: Pick<Mentorship, 'mentorId'> | null;
  /** The open request of this pair. */
  readonly open: MentorshipId | null;
  /** How many open requests the sender has sent as this side. */
  readonly sent: number;
}

/**
 * Checks whether the request may be sent. `field` is the name of the recipient's field in the input.
 * Throws `self_mentoring`, `mentor_cycle`, `already_mentored`, `request_exists`, `mentor_closed`,
 * `too_many_open_requests`.
 */
export const requireRequestable = (
  { menteeId, candidate, requestedBy, current, open, sent }: RequestSituation,
  field: string,
): void => {
  requireNoCycle(menteeId, candidate, field);
  if (current?.mentorId === candidate.id) throw new DomainError('already_mentored', { field });
  if (open !== null) throw new DomainError('request_exists', { field, id: open });
  // A closed mentor may still offer.
  if (requestedBy === 'mentee') requireRequestsAllowed(candidate, field);
  const limit = maxOpenRequests[requestedBy];
  if (sent >= limit) throw new DomainError('too_many_open_requests', { limit });
};
