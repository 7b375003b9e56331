import {
  type Actor,
  type Instant,
  InvalidValue,
  type MentorshipStatus,
  mentorshipStatuses,
  type NamedMentorship,
  refuse,
  seenAt,
  type Side,
  sides,
  type UserId,
} from '@mentorship/domain';
import { largestPage } from '../accounts/list-users.ts';
import type { Ports } from '../ports/index.ts';

/** Reads statuses with commas between. Throws `InvalidValue`. */
export const parseStatuses = (text: string): MentorshipStatus[] => {
  const statuses = text.split(',').map((word) => mentorshipStatuses.find((status) => status === word.trim()));
  if (statuses.includes(undefined))
    throw new InvalidValue(
      'invalid_choice',
      `Send one or more of these, with commas: ${mentorshipStatuses.join(', ')}.`,
    );
  return [...new Set(statuses.filter((status) => status !== undefined))];
};

export interface MentorshipPage {
  readonly mentorships: readonly NamedMentorship[];
  /** The id to go on before; null on the last page. */
  readonly next: number | null;
}

interface PageQuery {
  readonly actor: Actor;
  readonly limit?: number;
  readonly before?: number | null;
}

type Deps = Pick<Ports, 'mentorshipDirectory' | 'userDirectory' | 'clock'>;

/** One's own, as a mentor and as a mentee, of every status unless fewer are asked for; the newest first. */
export const listMentorships =
  ({ mentorshipDirectory, clock }: Pick<Deps, 'mentorshipDirectory' | 'clock'>) =>
  async ({
    actor,
    role,
    statuses = mentorshipStatuses,
    limit = largestPage,
    before = null,
  }: PageQuery & { role?: Side | undefined; statuses?: readonly MentorshipStatus[] }): Promise<MentorshipPage> => {
    const size = Math.min(limit, largestPage);
    const now = clock.now();
    const query = { user: actor.userId, sides: role === undefined ? sides : [role], statuses, now };
    return pageOf(await mentorshipDirectory.list({ ...query, before, limit: size + 1 }), size, now);
  };

/**
 * All of one's own, or what there has been between oneself and another; the newest first.
 * Throws `user_not_found`, and `not_a_counterpart` when there has been nothing.
 */
export const viewHistory =
  (deps: Deps) =>
  async ({ userId, ...query }: PageQuery & { userId: UserId }): Promise<MentorshipPage> => {
    const { actor, limit = largestPage, before = null } = query;
    if (userId === actor.userId) return listMentorships(deps)(query);
    const size = Math.min(limit, largestPage);
    const users = [actor.userId, userId] as const;
    const found = await deps.mentorshipDirectory.between({ users, before, limit: size + 1 });
    if (found.length === 0 && before === null) {
      if ((await deps.userDirectory.detail(userId, 1)) === null) throw refuse('user_not_found');
      throw refuse('not_a_counterpart');
    }
    return pageOf(found, size, deps.clock.now());
  };

const pageOf = (found: readonly NamedMentorship[], size: number, now: Instant): MentorshipPage => {
  const mentorships = found.slice(0, size).map((mentorship) => seenAt(mentorship, now));
  return { mentorships, next: found.length > size ? (mentorships.at(-1)?.id ?? null) : null };
};
