import { changeMentor, type Instant, invalidField, type UserId, type Username, usernameKey } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/**
 * Makes the named user the mentee's mentor, or leaves the mentee without one when the name is null.
 * The caller has locked the graph, in this transaction, before its first read or write.
 * Resolves to the mentor's name as it is shown.
 * Throws `self_mentoring`, `mentor_cycle`, or `validation_failed` on `field` when nobody has the name.
 */
export const linkMentor = async (
  { users, mentorships }: Repositories,
  { mentee, mentorName, field, at }: { mentee: UserId; mentorName: string | null; field: string; at: Instant },
): Promise<Username | null> => {
  const mentor = mentorName === null ? null : await users.find(usernameKey(mentorName));
  if (mentorName !== null && mentor === null)
    throw invalidField(field, 'unknown_mentor', 'No user has this name. Send the username of a registered user.');

  const candidate = mentor && {
    id: mentor.id,
    name: mentor.username,
    mentorsAbove: await mentorships.mentorsAbove(mentor.id),
  };
  const change = changeMentor(mentee, await mentorships.mentorOf(mentee), candidate, field);
  if (change.ends !== null) await mentorships.end({ mentee, reason: change.ends, at });
  if (change.begins !== null) await mentorships.begin({ mentee, mentor: change.begins, at });
  return mentor && mentor.username;
};
