import { DomainError, type FailureCode } from './failure.ts';
import type { MentorProfile } from './mentor-profile.ts';
import type { UserId, Username } from './user.ts';

/** The mentor a mentee would have, and all that speaks for or against it. */
export interface Candidate extends Pick<MentorProfile, 'mentorPolicy' | 'mentorCapacity'> {
  readonly id: UserId;
  readonly name: Username;
  /** How many active mentees the mentor has. */
  readonly mentees: number;
  /** Everyone who mentors this one, directly or over others. */
  readonly mentorsAbove: readonly UserId[];
  /** Whether the mentor has offered it to this mentee, and so has agreed. */
  readonly offered: boolean;
}

/** What a change of mentor comes to: the reason the present mentorship ends with, if it does, and whether one begins. */
export interface MentorChange {
  readonly ends: 'removed' | 'replaced' | null;
  readonly begins: UserId | null;
}

const noChange: MentorChange = { ends: null, begins: null };

/**
 * Decides a change of mentor by the mentee alone. `field` is the input's name for it, for the refusal.
 * Throws `self_mentoring`, `mentor_cycle`, `mentor_closed`, `mentor_requires_approval`, `mentor_full`.
 */
export const decideMentorChange = (
  menteeId: UserId,
  present: UserId | null,
  candidate: Candidate | null,
  field: string,
): MentorChange => {
  if (candidate === null) return present === null ? noChange : { ends: 'removed', begins: null };
  if (candidate.id === present) return noChange;
  requireNoCycle(menteeId, candidate, field);
  if (!candidate.offered) requirePolicy(candidate, field);
  requireFreePlace(candidate, field);
  return { ends: present === null ? null : 'replaced', begins: candidate.id };
};

/** Throws `self_mentoring`, or `mentor_cycle` when the mentee stands above the candidate already. */
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

/** Throws `mentor_closed` or `mentor_requires_approval` unless everyone may name this mentor. */
const requirePolicy = ({ mentorPolicy, name }: Candidate, field: string): void => {
  const refusal = policyRefusals[mentorPolicy];
  if (refusal !== null) throw new DomainError(refusal, { field, mentor: name });
};

/** Throws `mentor_closed` when the mentor cannot even be asked. */
export const requireRequestsAllowed = (
  { mentorPolicy, name }: Pick<Candidate, 'mentorPolicy' | 'name'>,
  field: string,
): void => {
  if (mentorPolicy === 'closed') throw new DomainError('mentor_closed', { field, mentor: name });
};

/** Throws `mentor_full` when the mentor has as many mentees as they take. */
export const requireFreePlace = (
  { mentorCapacity, mentees, name }: Pick<Candidate, 'mentorCapacity' | 'mentees' | 'name'>,
  field: string,
): void => {
  if (mentorCapacity !== null && mentees >= mentorCapacity)
    throw new DomainError('mentor_full', { field, mentor: name });
};

/** Throws `capacity_below_mentees`: who takes fewer than they have must end some first. */
export const requireCapacityFor = (mentees: number, capacity: number): void => {
  if (capacity < mentees) throw new DomainError('capacity_below_mentees', { capacity, mentees });
};

/** Walks up from a user: their mentor, the mentor's mentor, and so on. */
export const mentorsAbove = (of: UserId, mentorOf: (mentee: UserId) => UserId | undefined): UserId[] => {
  const above: UserId[] = [];
  for (let next = mentorOf(of); next !== undefined; next = mentorOf(next)) above.push(next);
  return above;
};
