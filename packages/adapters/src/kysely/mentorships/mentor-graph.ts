import { type GraphEdge, maxExamined, type MentorshipDirectory } from '@mentorship/application';
import type { UserId, Username } from '@mentorship/domain';
import { type Expression, type Kysely, type NotNull, sql } from 'kysely';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import { namedMentorships } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQuery, preparedQueryByShape, type Placeholders } from '../engine/prepared-query.ts';

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

const links = preparedQueryByShape((db, { at, after, end, limit }: Placeholders<Page & { end: number | undefined }>) =>
  edgesAt(db, at)
    .where('mentorships.mentee_id', '>', after)
    // The same limit on `users`: PostgreSQL does not derive it from the join, and would read all earlier users.
    .where('mentee.id', '>', after)
    .$call((query) => (end === undefined ? query : query.where('mentorships.mentee_id', '<=', end)))
    .orderBy('mentorships.mentee_id')
    .limit(limit),
);

/** The mentee of the last mentorship that a page examines. Read first: no later change moves it behind others. */
const lastToExamine = preparedQuery((db, { after, position }: Placeholders<{ after: number; position: number }>) =>
  db
    .selectFrom('mentorships')
    .select('mentee_id')
    .where('mentee_id', '>', after)
    .orderBy('mentee_id')
    .limit(1)
    .offset(position),
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

  async links({ at, after, limit, examine = maxExamined }) {
    const [last] = await lastToExamine(db, { after, position: examine - 1 });
    const end = last?.mentee_id;
    // One row more tells whether there is a next page.
    const rows = await links(db, { at: toTimestamp(at), after, end, limit: limit + 1 });
    const edges = rows.slice(0, limit).map(toEdge);
    const next = rows.length > limit ? edges.at(-1)?.menteeId : end;
    return { edges, next: (next ?? null) as UserId | null };
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
