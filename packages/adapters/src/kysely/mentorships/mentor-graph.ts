import type { GraphEdge, MentorshipDirectory } from '@mentorship/application';
import type { UserId, Username } from '@mentorship/domain';
import { type Expression, type Kysely, type NotNull, sql } from 'kysely';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import { namedMentorships } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

/** The mentorships that were active at a time: started by then, and not ended by then. */
const edgesAt = (db: Kysely<Schema>, at: Expression<string>) => {
  const wasActive = (name: string) => {
    const [started, ended] = [sql.ref(`${name}.started_at`), sql.ref(`${name}.ended_at`)];
    return sql<boolean>`${started} <= ${at} and (${ended} is null or ${ended} > ${at})`;
  };
  return namedMentorships(db)
    .select(({ selectFrom, lit }) =>
      selectFrom('mentorships as below')
        .select(lit(1).as('one'))
        .whereRef('below.mentor_id', '=', 'mentorships.mentee_id')
        .where(wasActive('below'))
        .limit(1)
        .as('has_mentees'),
    )
    .where(wasActive('mentorships'))
    .$narrowType<{ started_at: NotNull }>();
};

const lastChange = preparedQuery((db) => db.selectFrom('mentor_graph').select('changed_at'));

type Page = { at: string; after: number; limit: number };

const mentees = preparedQuery((db, { mentor, at, after, limit }: Placeholders<Page & { mentor: number }>) =>
  edgesAt(db, at)
    .where('mentorships.mentor_id', '=', mentor)
    .where('mentorships.mentee_id', '>', after)
    .orderBy('mentorships.mentee_id')
    .limit(limit),
);

const links = preparedQuery((db, { at, after, limit }: Placeholders<Page>) =>
  edgesAt(db, at)
    .where('mentorships.mentee_id', '>', after)
    // The same limit on `users`: PostgreSQL does not derive it from the join, and would read all earlier users.
    .where('mentee.id', '>', after)
    .orderBy('mentorships.mentee_id')
    .limit(limit),
);

/** Reads who mentored whom at a given time. */
export const kyselyMentorGraph = (
  db: Kysely<Schema>,
): Pick<MentorshipDirectory, 'lastChange' | 'mentees' | 'links'> => ({
  async lastChange() {
    const { changed_at } = only(await lastChange(db, {}));
    return changed_at === '' ? null : fromTimestamp(changed_at);
  },

  async mentees({ mentor, at, after, limit }) {
    const rows = await mentees(db, { mentor, at: toTimestamp(at), after, limit });
    return rows.map(toEdge);
  },

  async links({ at, after, limit }) {
    const rows = await links(db, { at: toTimestamp(at), after, limit });
    return rows.map(toEdge);
  },
});

const toEdge = (row: {
  mentor_username: string;
  mentee_id: number;
  mentee_username: string;
  started_at: string;
  has_mentees: number | null;
}): GraphEdge => ({
  mentorUsername: row.mentor_username as Username,
  menteeId: row.mentee_id as UserId,
  menteeUsername: row.mentee_username as Username,
  startedAt: fromTimestamp(row.started_at),
  hasMentees: row.has_mentees !== null,
});
