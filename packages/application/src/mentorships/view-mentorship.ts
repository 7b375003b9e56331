import { type Actor, type MentorshipId, type NamedMentorship, refuse, applyExpiry, sideOf } from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';

/** Shows a mentorship of the actor. Throws `mentorship_not_found`, also for other users' mentorships. */
export const viewMentorship =
  ({ mentorshipDirectory, clock }: Pick<Ports, 'mentorshipDirectory' | 'clock'>) =>
  async ({ actor, mentorshipId }: { actor: Actor; mentorshipId: MentorshipId }): Promise<NamedMentorship> => {
    const found = await mentorshipDirectory.find(mentorshipId);
    if (found === null || sideOf(found, actor.userId) === null) throw refuse('mentorship_not_found');
    return applyExpiry(found, clock.now());
  };
