import {
  decideMentorChange,
  type DomainError,
  type Instant,
  invalidField,
  newLink,
  applyExpiry,
  transition,
  type UserId,
  type Username,
  type UsernameKey,
} from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';
import { activateMentorship } from './activate-mentorship.ts';
import { loadCandidate } from './load-candidate.ts';

/** The refusal of a name that no user has. */
export const unknownMentor = (field: string): DomainError =>
  invalidField(field, 'unknown_mentor', 'No user has this name. Send the username of a registered user.');

/**
 * Makes the named user the mentee's mentor, or removes the mentor when the name is null. An open offer of the mentor is
 * accepted. The caller has locked the graph before the first read or write of this transaction.
 * Resolves to the mentor's name as displayed.
 * Throws what `decideMentorChange` throws, and `validation_failed` on `field` when no user has the name.
 */
export const linkMentor = async (
  repositories: Repositories,
  { mentee, mentor: mentorKey, field, at }: { mentee: UserId; mentor: UsernameKey | null; field: string; at: Instant },
): Promise<Username | null> => {
  const { users, mentorships } = repositories;
  const mentor = mentorKey === null ? null : await users.find(mentorKey);
  if (mentorKey !== null && mentor === null) throw unknownMentor(field);

  const stored = mentor && (await mentorships.openRequest({ mentee, mentor: mentor.id }));
  const request = stored && applyExpiry(stored, at);
  const offer = request?.status === 'requested' && request.requestedBy === 'mentor' ? request : null;
  const candidate = mentor && (await loadCandidate(repositories, mentor, { offered: offer !== null }));
  const current = await mentorships.activeOf(mentee);
  const { ends, begins } = decideMentorChange(mentee, current?.mentorId ?? null, candidate, field);
  if (begins !== null) {
    const begun = offer
      ? transition(offer, 'active', { by: 'recipient', reason: null, at })
      : newLink({ menteeId: mentee, mentorId: begins }, at);
    await activateMentorship(repositories, begun, { current, at });
  } else if (ends !== null && current !== null) {
    await mentorships.save(transition(current, 'ended', { by: 'service', reason: ends, at }));
  }
  return mentor && mentor.username;
};
