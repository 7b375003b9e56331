import type { GraphEdge, MentorshipDirectory } from '@mentorship/application';
import type { Instant, MentorshipStatus, Side, UserId, Username } from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { fromText, toText } from './instant.ts';
import { namedMentorships, toNamedMentorship } from './mentorship-records.ts';
import type { Schema } from './schema.ts';

export const kyselyMentorshipDirectory = (db: Kysely<Schema>): MentorshipDirectory => ({
  async lastChange() {
    const { changed_at } = await db.selectFrom('mentor_graph').select('changed_at').executeTakeFirstOrThrow();
    return changed_at === '' ? null : fromText(changed_at);
  },

  async find(id) {
    const row = await namedMentorships(db).where('mentorships.id', '=', id).executeTakeFirst();
    return row ? toNamedMentorship(row) : null;
  },

  async list({ user, sides, statuses, now, before, limit }) {
    // Each side and status is a range of an index, read from its newest end.
    const [first, ...others] = sides.flatMap((side) =>
      statuses.flatMap((status) =>
        stored[status].map(({ as, over }) =>
          db
            .selectFrom('mentorships')
            .select('id')
            .where(columns[side], '=', user)
            .where('status', '=', sql.lit(as))
            .$if(over !== undefined, (query) => query.where('expires_at', over ?? '<=', toText(now)))
            .$if(before !== null, (query) => query.where('id', '<', before ?? 0))
            .orderBy('id', 'desc')
            .limit(limit),
        ),
      ),
    );
    if (!first) return [];
    const part = (query: typeof first) => db.selectFrom(query.as('part')).select('id');
    const ids = others.reduce((union, query) => union.unionAll(part(query)), part(first));
    const rows = await namedMentorships(db)
      .where('mentorships.id', 'in', ids.orderBy('id', 'desc').limit(limit))
      .orderBy('mentorships.id', 'desc')
      .execute();
    return rows.map(toNamedMentorship);
  },

  async between({ users: [one, other], before, limit }) {
    const rows = await namedMentorships(db)
      .where(({ eb, or, and }) =>
        or([
          and([eb('mentorships.mentor_id', '=', one), eb('mentorships.mentee_id', '=', other)]),
          and([eb('mentorships.mentor_id', '=', other), eb('mentorships.mentee_id', '=', one)]),
        ]),
      )
      .$if(before !== null, (query) => query.where('mentorships.id', '<', before ?? 0))
      .orderBy('mentorships.id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toNamedMentorship);
  },

  async mentees({ mentor, at, after, limit }) {
    const rows = await edgesAt(db, at)
      .where('mentorships.mentor_id', '=', mentor)
      .where('mentorships.mentee_id', '>', after)
      .orderBy('mentorships.mentee_id')
      .limit(limit)
      .execute();
    return rows.map(toEdge);
  },

  async links({ at, after, limit }) {
    const rows = await edgesAt(db, at)
      .where('mentorships.mentee_id', '>', after)
      // Said once more of the users: PostgreSQL does not see it from the equal id, and reads all that come before.
      .where('mentee.id', '>', after)
      .orderBy('mentorships.mentee_id')
      .limit(limit)
      .execute();
    return rows.map(toEdge);
  },
});

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

/** What was active at the moment: begun by then, and not over. */
const edgesAt = (db: Kysely<Schema>, at: Instant) => {
  const wasActive = (name: string) => {
    const [started, ended] = [sql.ref(`${name}.started_at`), sql.ref(`${name}.ended_at`)];
    return sql<boolean>`${started} <= ${toText(at)} and (${ended} is null or ${ended} > ${toText(at)})`;
  };
  return namedMentorships(db)
    .select(({ selectFrom, lit }) =>
      selectFrom('mentorships as below')
        .select(lit(1).as('one'))
        .whereRef('below.mentor_id', '=', 'mentorships.mentee_id')
        .where(wasActive('below'))
        .limit(1)
        .as('goes_on'),
    )
    .where(wasActive('mentorships'));
};

const toEdge = (row: {
  mentor_username: string;
  mentee_id: number;
  mentee_username: string;
  started_at: string | null;
  goes_on: number | null;
}): GraphEdge => ({
  mentorUsername: row.mentor_username as Username,
  menteeId: row.mentee_id as UserId,
  menteeUsername: row.mentee_username as Username,
  startedAt: fromText(row.started_at ?? ''),
  goesOn: row.goes_on !== null,
});
