import { type Instant, type Mentorship, type NewMentorship, transition } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/**
 * Makes a mentorship the mentee's active one, new or long asked for: the one before ends, and all other requests of the
 * mentee are cancelled. The caller has locked the graph and has found nothing against it.
 */
export const activateMentorship = async (
  { mentorships }: Pick<Repositories, 'mentorships'>,
  begun: Mentorship | NewMentorship,
  { present, at }: { present: Mentorship | null; at: Instant },
): Promise<void> => {
  if (present !== null) await mentorships.save(transition(present, 'ended', { by: 'service', reason: 'replaced', at }));
  if ('id' in begun) await mentorships.save(begun);
  else await mentorships.add(begun);
  await mentorships.cancelRequests({ mentee: begun.menteeId, reason: 'matched', at });
};
