import { DomainError, type FailureCode } from './failure.ts';
import type { MentorProfile } from './mentor-profile.ts';
import type { UserId, Username } from './user.ts';

/** A user who may become the mentor of a mentee, with all that the decision depends on. */
export interface Candidate extends Pick<MentorProfile, 'mentorPolicy' | 'mentorCapacity'> {
  readonly id: UserId;
  readonly name: Username;
  /** How many active mentees the mentor has. */
  readonly mentees: number;
  /** Everyone who mentors this user, directly or indirectly. */
  readonly mentorsAbove: readonly UserId[];
  /** Whether the mentor has offered to mentor this mentee. */
  readonly offered: boolean;
}

/** The reason with which the current mentorship ends, and the mentor of the one that begins; null for neither. */
export interface MentorChange {
  readonly ends: 'removed' | 'replaced' | null;
  readonly begins: UserId | null;
}

const noChange: MentorChange = { ends: null, begins: null };

/**
 * Decides a change of mentor by the mentee. `field` is the name of the mentor's field in the input.
 * Throws `self_mentoring`, `mentor_cycle`, `mentor_closed`, `mentor_requires_approval`, `mentor_full`.
 */
export const decideMentorChange = (
  menteeId: UserId,
  current: UserId | null,
  candidate: Candidate | null,
  field: string,
): MentorChange => {
  if (candidate === null) return current === null ? noChange : { ends: 'removed', begins: null };
  if (candidate.id === current) return noChange;
  requireNoCycle(menteeId, candidate, field);
  if (!candidate.offered) requirePolicy(candidate, field);
  requireFreePlace(candidate, field);
  return { ends: current === null ? null : 'replaced', begins: candidate.id };
};

/** Throws `self_mentoring`, or `mentor_cycle` when the mentee mentors the candidate, directly or indirectly. */
export const requireNoCycle = (
  menteeId: UserId,
  { id, name, mentorsAbove }: Pick<Candidate, 'id' | 'name' | 'mentorsAbove'>,
  field: string,
): void => {
  if (id === menteeId) throw new DomainError('self_mentoring', { field });
  if (mentorsAbove.includes(menteeId)) throw new DomainError('mentor_cycle', { field, mentor: name });
};

const policyRefusals = {
  open: null,
  approval: 'mentor_requires_approval',
  closed: 'mentor_closed',
} as const satisfies Record<Candidate['mentorPolicy'], FailureCode | null>;

/** Throws `mentor_closed` or `mentor_requires_approval` unless the mentor's policy is open. */
const requirePolicy = ({ mentorPolicy, name }: Candidate, field: string): void => {
  const refusal = policyRefusals[mentorPolicy];
  if (refusal !== null) throw new DomainError(refusal, { field, mentor: name });
};

/** Throws `mentor_closed` when the mentor accepts no requests. */
export const requireRequestsAllowed = (
  { mentorPolicy, name }: Pick<Candidate, 'mentorPolicy' | 'name'>,
  field: string,
): void => {
  if (mentorPolicy === 'closed') throw new DomainError('mentor_closed', { field, mentor: name });
};

/** Throws `mentor_full` when the mentor's capacity is used up. */
export const requireFreePlace = (
  { mentorCapacity, mentees, name }: Pick<Candidate, 'mentorCapacity' | 'mentees' | 'name'>,
  field: string,
): void => {
  if (mentorCapacity !== null && mentees >= mentorCapacity)
    throw new DomainError('mentor_full', { field, mentor: name });
};

/** Throws `capacity_below_mentees` when the mentor already has more mentees than the new capacity. */
export const requireCapacityFor = (mentees: number, capacity: number): void => {
  if (capacity < mentees) throw new DomainError('capacity_below_mentees', { capacity, mentees });
};

/** The user's mentor, the mentor's mentor, and so on up, nearest first. */
export const mentorsAbove = (of: UserId, mentorOf: (mentee: UserId) => UserId | undefined): UserId[] => {
  const above: UserId[] = [];
  for (let next = mentorOf(of); next !== undefined; next = mentorOf(next)) above.push(next);
  return above;
};
