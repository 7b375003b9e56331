import type { MentorshipDirectory } from '@mentorship/application';
import { type MentorshipStatus, mentorshipStatuses, type Side, sides } from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { toTimestamp } from '../schema/timestamp.ts';
import { kyselyMentorGraph } from './mentor-graph.ts';
import { namedMentorship, namedMentorships, toNamedMentorship } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, type Placeholders } from '../engine/prepared-query.ts';

const columns = { mentor: 'mentor_id', mentee: 'mentee_id' } as const satisfies Record<Side, string>;

/** The rows that have a status: a request past its `expires_at` counts as expired even while it is stored as requested. */
const storedAs: Readonly<Record<MentorshipStatus, readonly { status: MentorshipStatus; expires?: '<=' | '>' }[]>> = {
  requested: [{ status: 'requested', expires: '>' }],
  active: [{ status: 'active' }],
  declined: [{ status: 'declined' }],
  cancelled: [{ status: 'cancelled' }],
  expired: [{ status: 'expired' }, { status: 'requested', expires: '<=' }],
  completed: [{ status: 'completed' }],
  ended: [{ status: 'ended' }],
};

type Page = { before: number | undefined; limit: number };

/** The sides and statuses to list. Flags have no order, so one set is one query, however the client orders it. */
type Choice = Readonly<Record<Side | MentorshipStatus, boolean>>;

const page = preparedQueryByShape(
  (db, { user, now, before, limit, ...chosen }: Placeholders<Page & Choice & { user: number; now: string }>) => {
    // Each side and status is a range of an index, read from its newest row.
    const ids = sides
      .filter((side) => chosen[side])
      .flatMap((side) =>
        mentorshipStatuses
          .filter((status) => chosen[status])
          .flatMap((status) => storedAs[status])
          .map(({ status, expires }) =>
            db
              .selectFrom('mentorships')
              .select('id')
              .where(columns[side], '=', user)
              .where('status', '=', sql.lit(status))
              .$call((query) => (expires ? query.where('expires_at', expires, now) : query))
              .$call((query) => (before === undefined ? query : query.where('id', '<', before)))
              .orderBy('id', 'desc')
              .limit(limit),
          ),
      )
      .map((query) => db.selectFrom(query.as('part')).select('id'))
      .reduce((union, part) => union.unionAll(part));
    return namedMentorships(db)
      .where('mentorships.id', 'in', ids.orderBy('id', 'desc').limit(limit))
      .orderBy('mentorships.id', 'desc');
  },
);

const between = preparedQueryByShape(
  (db, { one, other, before, limit }: Placeholders<Page & { one: number; other: number }>) =>
    namedMentorships(db)
      .where(({ eb, or, and }) =>
        or([
          and([eb('mentorships.mentor_id', '=', one), eb('mentorships.mentee_id', '=', other)]),
          and([eb('mentorships.mentor_id', '=', other), eb('mentorships.mentee_id', '=', one)]),
        ]),
      )
      .$call((query) => (before === undefined ? query : query.where('mentorships.id', '<', before)))
      .orderBy('mentorships.id', 'desc')
      .limit(limit),
);

export const kyselyMentorshipDirectory = (db: Kysely<Schema>): MentorshipDirectory => ({
  async find(id) {
    const [row] = await namedMentorship(db, { id });
    return row ? toNamedMentorship(row) : null;
  },

  async list({ user, sides, statuses, now, before, limit }) {
    if (sides.length === 0 || statuses.length === 0) return [];
    const input = { user, now: toTimestamp(now), before: before ?? undefined, limit };
    const rows = await page(db, { ...input, ...toChoice([...sides, ...statuses]) });
    return rows.map(toNamedMentorship);
  },

  async between({ users: [one, other], before, limit }) {
    const rows = await between(db, { one, other, before: before ?? undefined, limit });
    return rows.map(toNamedMentorship);
  },

  ...kyselyMentorGraph(db),
});

const toChoice = (chosen: readonly (Side | MentorshipStatus)[]): Choice =>
  Object.fromEntries([...sides, ...mentorshipStatuses].map((name) => [name, chosen.includes(name)])) as Choice;
