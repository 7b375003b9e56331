import type { MentorshipDirectory } from '@mentorship/application';
import { type MentorshipStatus, mentorshipStatuses, type Side, sides } from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { toText } from '../schema/timestamp.ts';
import { kyselyMentorGraph } from './mentor-graph.ts';
import { namedMentorship, namedMentorships, toNamedMentorship } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape } from '../engine/prepared-query.ts';

const columns = { mentor: 'mentor_id', mentee: 'mentee_id' } as const satisfies Record<Side, string>;

/** As what a status is stored: a request whose time is over has expired, whether or not that has been written down. */
const stored: Readonly<Record<MentorshipStatus, readonly { as: MentorshipStatus; over?: '<=' | '>' }[]>> = {
  requested: [{ as: 'requested', over: '>' }],
  active: [{ as: 'active' }],
  declined: [{ as: 'declined' }],
  cancelled: [{ as: 'cancelled' }],
  expired: [{ as: 'expired' }, { as: 'requested', over: '<=' }],
  completed: [{ as: 'completed' }],
  ended: [{ as: 'ended' }],
};

type Page = { before: number | undefined; limit: number };

/** Which are asked for, and not in what order: each order would be a statement of its own. */
type Choice = Readonly<Record<Side | MentorshipStatus, boolean>>;

const page = preparedQueryByShape(
  (db, { user, now, before, limit, ...chosen }: Page & Choice & { user: number; now: string }) => {
    // Each side and status is a range of an index, read from its newest end.
    const ids = sides
      .filter((side) => chosen[side])
      .flatMap((side) =>
        mentorshipStatuses
          .filter((status) => chosen[status])
          .flatMap((status) => stored[status])
          .map(({ as, over }) =>
            db
              .selectFrom('mentorships')
              .select('id')
              .where(columns[side], '=', user)
              .where('status', '=', sql.lit(as))
              .$if(over !== undefined, (query) => query.where('expires_at', over ?? '<=', now))
              .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
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

const between = preparedQueryByShape((db, { one, other, before, limit }: Page & { one: number; other: number }) =>
  namedMentorships(db)
    .where(({ eb, or, and }) =>
      or([
        and([eb('mentorships.mentor_id', '=', one), eb('mentorships.mentee_id', '=', other)]),
        and([eb('mentorships.mentor_id', '=', other), eb('mentorships.mentee_id', '=', one)]),
      ]),
    )
    .$if(before !== undefined, (query) => query.where('mentorships.id', '<', before ?? 0))
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
    const input = { user, now: toText(now), before: before ?? undefined, limit };
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
