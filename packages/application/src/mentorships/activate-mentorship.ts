import { type Instant, type Mentorship, type NewMentorship, transition } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/**
 * Stores a mentorship, new or requested before, as the mentee's active one: ends the current one and cancels all other
 * requests of the mentee. The caller has locked the graph and checked the mentor.
 */
export const activateMentorship = async (
  { mentorships }: Pick<Repositories, 'mentorships'>,
  mentorship: Mentorship | NewMentorship,
  { current, at }: { current: Mentorship | null; at: Instant },
): Promise<void> => {
  if (current !== null) await mentorships.save(transition(current, 'ended', { by: 'service', reason: 'replaced', at }));
  if ('id' in mentorship) await mentorships.save(mentorship);
  else await mentorships.add(mentorship);
  await mentorships.cancelRequests({ mentee: mentorship.menteeId, reason: 'matched', at });
};
