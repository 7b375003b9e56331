import { DomainError } from './failure.ts';
import { type Candidate, requireRequestsAllowed, requireNoCycle } from './mentor-choice.ts';
import type { Mentorship, MentorshipId, Side } from './mentorship.ts';
import type { UserId } from './user.ts';

/** How many requests of a mentee can be open at a time; offers of mentors do not count, or strangers could use them up. */
export const maxOpenRequests = 5;

/** What there is between the two, and of the mentee, at the moment of a request. */
export interface RequestSituation {
  readonly menteeId: UserId;
  readonly candidate: Candidate;
  readonly requestedBy: Side;
  /** The active mentorship of the mentee. */
  readonly present: Pick<Mentorship, 'mentorId'> | null;
  /** The open request of this pair. */
  readonly open: MentorshipId | null;
  /** How many requests the mentee has sent that are open. */
  readonly sent: number;
}

/**
 * Whether one may ask the other. `field` is the input's name for the one who is asked.
 * Throws `self_mentoring`, `mentor_cycle`, `already_mentored`, `request_exists`, `mentor_closed`, `too_many_open_requests`.
 */
export const requireRequestable = (
  { menteeId, candidate, requestedBy, present, open, sent }: RequestSituation,
  field: string,
): void => {
  requireNoCycle(menteeId, candidate, field);
  if (present?.mentorId === candidate.id) throw new DomainError('already_mentored', { field });
  if (open !== null) throw new DomainError('request_exists', { field, id: open });
  // A mentor who takes no requests may still ask.
  if (requestedBy === 'mentee') requireRequestsAllowed(candidate, field);
  if (requestedBy === 'mentee' && sent >= maxOpenRequests)
    throw new DomainError('too_many_open_requests', { most: maxOpenRequests });
};
