import {
  type Actor,
  type MentorshipStatus,
  mentorshipStatuses,
  type NamedMentorship,
  applyExpiry,
  type Side,
  sides,
} from '@mentorship/domain';
import { maxPageSize, takePage } from '../page.ts';
import type { Ports } from '../ports/index.ts';

export interface MentorshipPage {
  readonly mentorships: readonly NamedMentorship[];
  /** The next page begins before this id; null on the last page. */
  readonly next: number | null;
}

export interface MentorshipPageQuery {
  readonly actor: Actor;
  readonly limit?: number;
  readonly before?: number | null;
}

/** Lists the actor's mentorships, the newest first; by default on both sides and of every status. */
export const listMentorships =
  ({ mentorshipDirectory, clock }: Pick<Ports, 'mentorshipDirectory' | 'clock'>) =>
  async ({
    actor,
    role,
    statuses = mentorshipStatuses,
    limit = maxPageSize,
    before = null,
  }: MentorshipPageQuery & {
    role?: Side | undefined;
    statuses?: readonly MentorshipStatus[];
  }): Promise<MentorshipPage> => {
    const now = clock.now();
    const query = { user: actor.userId, sides: role === undefined ? sides : [role], statuses, now, before };
    const { entries, next } = await takePage(limit, (limit) => mentorshipDirectory.list({ ...query, limit }));
    return { mentorships: entries.map((mentorship) => applyExpiry(mentorship, now)), next };
  };
