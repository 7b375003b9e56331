import { type GraphEdge, maxExamined, type MentorshipDirectory } from '@mentorship/application';
import { type Instant, type Mentorship, applyExpiry, sideOf, type UserId } from '@mentorship/domain';
import { mentorshipsOf, named } from './mentorship-repository.ts';
import type { Mutex } from './mutex.ts';
import type { Tables } from './tables.ts';

export const memoryMentorshipDirectory = (tables: Tables, runExclusive: Mutex): MentorshipDirectory => {
  const newest = (found: readonly Mentorship[], { before, limit }: { before: number | null; limit: number }) =>
    found
      .filter(({ id }) => before === null || id < before)
      .toSorted((a, b) => b.id - a.id)
      .slice(0, limit)
      .map((mentorship) => named(tables, mentorship));

  const edges = (
    found: readonly Mentorship[],
    { at, after, limit }: { at: Instant; after: number; limit: number },
  ): GraphEdge[] =>
    found
      .filter((mentorship) => mentorship.menteeId > after && wasActive(mentorship, at))
      .toSorted((a, b) => a.menteeId - b.menteeId)
      .slice(0, limit)
      .map((mentorship) => {
        const { mentorUsername, menteeId, menteeUsername, startedAt } = named(tables, mentorship);
        const hasMentees = mentoredBy(menteeId).some((below) => wasActive(below, at));
        return { mentorUsername, menteeId, menteeUsername, startedAt: startedAt ?? at, hasMentees };
      });
  const mentoredBy = (user: UserId) => mentorshipsOf(tables, user).filter(({ mentorId }) => mentorId === user);

  return {
    lastChange: () => runExclusive(() => tables.counters.get('graph_changed_at') ?? null),

    find: (id) =>
      runExclusive(() => {
        const mentorship = tables.mentorships.get(id);
        return mentorship ? named(tables, mentorship) : null;
      }),

    list: ({ user, sides, statuses, now, ...page }) =>
      runExclusive(() =>
        newest(
          mentorshipsOf(tables, user).filter(
            (mentorship) =>
              sides.some((side) => side === sideOf(mentorship, user)) &&
              statuses.includes(applyExpiry(mentorship, now).status),
          ),
          page,
        ),
      ),

    between: ({ users: [one, other], ...page }) =>
      runExclusive(() =>
        newest(
          mentorshipsOf(tables, one).filter((mentorship) => sideOf(mentorship, other) !== null),
          page,
        ),
      ),

    mentees: ({ mentor, ...page }) => runExclusive(() => edges(mentoredBy(mentor), page)),

    links: ({ examine = maxExamined, ...page }) =>
      runExclusive(() => {
        const after = [...tables.mentorships.values()].filter(({ menteeId }) => menteeId > page.after);
        const end = after.map(({ menteeId }) => menteeId).toSorted((a, b) => a - b)[examine - 1];
        const within = after.filter(({ menteeId }) => end === undefined || menteeId <= end);
        const found = edges(within, { ...page, limit: page.limit + 1 });
        const shown = found.slice(0, page.limit);
        return { edges: shown, next: (found.length > page.limit ? shown.at(-1)?.menteeId : end) ?? null };
      }),
  };
};

const wasActive = ({ startedAt, endedAt }: Mentorship, at: Instant): boolean =>
  startedAt !== null && startedAt <= at && (endedAt === null || endedAt > at);
