import { refuse, applyExpiry, type UserId } from '@mentorship/domain';
import { maxPageSize, takePage } from '../page.ts';
import type { Ports } from '../ports/index.ts';
import { listMentorships, type MentorshipPage, type MentorshipPageQuery } from './list-mentorships.ts';

/**
 * Lists the mentorships between the actor and another user, or all of the actor's under their own id; the newest first.
 * Throws `user_not_found`, and `not_a_counterpart` when the two have never had a mentorship or a request.
 */
export const viewHistory =
  (deps: Pick<Ports, 'mentorshipDirectory' | 'userDirectory' | 'clock'>) =>
  async ({ userId, ...query }: MentorshipPageQuery & { userId: UserId }): Promise<MentorshipPage> => {
    const { actor, limit = maxPageSize, before = null } = query;
    if (userId === actor.userId) return listMentorships(deps)(query);
    const users = [actor.userId, userId] as const;
    const { entries, next } = await takePage(limit, (limit) =>
      deps.mentorshipDirectory.between({ users, before, limit }),
    );
    // An empty page may be just the end of a list: only an empty first page means that there are no mentorships.
    if (
      entries.length === 0 &&
      (await deps.mentorshipDirectory.between({ users, before: null, limit: 1 })).length === 0
    ) {
      if ((await deps.userDirectory.detail(userId, 1)) === null) throw refuse('user_not_found');
      throw refuse('not_a_counterpart');
    }
    const now = deps.clock.now();
    return { mentorships: entries.map((mentorship) => applyExpiry(mentorship, now)), next };
  };
