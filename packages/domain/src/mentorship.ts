import { DomainError } from './failure.ts';
import type { Instant } from './time.ts';
import type { UserId } from './user.ts';

/** Why a mentorship ended: another mentor took its place, the mentee removed it, or one of the two accounts ended. */
export type MentorshipEndReason = 'replaced' | 'removed' | 'account_ended';

/** A mentee's time with a mentor. A mentee has at most one that is open (`endedAt` null). */
export interface Mentorship {
  readonly menteeId: UserId;
  readonly mentorId: UserId;
  readonly beganAt: Instant;
  readonly endedAt: Instant | null;
  readonly endReason: MentorshipEndReason | null;
}

/** The mentor a mentee would have: who it is, and everyone who mentors that one, directly or over others. */
export interface Candidate {
  readonly id: UserId;
  readonly name: string;
  readonly mentorsAbove: readonly UserId[];
}

/** What a change of mentor comes to: the reason the present mentorship ends with, if it does, and whether one begins. */
export interface MentorChange {
  readonly ends: MentorshipEndReason | null;
  readonly begins: UserId | null;
}

const noChange: MentorChange = { ends: null, begins: null };

/**
 * Decides a change of mentor. `field` is the input's name for it, for the refusal.
 * Throws `self_mentoring`, or `mentor_cycle` when the mentee stands above the candidate already.
 */
export const changeMentor = (
  menteeId: UserId,
  present: UserId | null,
  candidate: Candidate | null,
  field: string,
): MentorChange => {
  if (candidate === null) return present === null ? noChange : { ends: 'removed', begins: null };
  if (candidate.id === menteeId) throw new DomainError('self_mentoring', { field });
  if (candidate.id === present) return noChange;
  if (candidate.mentorsAbove.includes(menteeId))
    throw new DomainError('mentor_cycle', { field, mentor: candidate.name });
  return { ends: present === null ? null : 'replaced', begins: candidate.id };
};

/** Walks up from a user: their mentor, the mentor's mentor, and so on. */
export const mentorsAbove = (of: UserId, mentorOf: (mentee: UserId) => UserId | undefined): UserId[] => {
  const above: UserId[] = [];
  for (let next = mentorOf(of); next !== undefined; next = mentorOf(next)) above.push(next);
  return above;
};
