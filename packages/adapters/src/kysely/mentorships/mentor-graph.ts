import type { GraphEdge, MentorshipDirectory } from '@mentorship/application';
import type { UserId, Username } from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { fromText, toText } from '../schema/timestamp.ts';
import { namedMentorships } from './mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQuery } from '../engine/prepared-query.ts';

/** What was active at the moment: begun by then, and not over. */
const edgesAt = (db: Kysely<Schema>, at: string) => {
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
    .where(wasActive('mentorships'));
};

const lastChange = preparedQuery((db) => db.selectFrom('mentor_graph').select('changed_at'));

type Page = { at: string; after: number; limit: number };

const mentees = preparedQuery((db, { mentor, at, after, limit }: Page & { mentor: number }) =>
  edgesAt(db, at)
    .where('mentorships.mentor_id', '=', mentor)
    .where('mentorships.mentee_id', '>', after)
    .orderBy('mentorships.mentee_id')
    .limit(limit),
);

const links = preparedQuery((db, { at, after, limit }: Page) =>
  edgesAt(db, at)
    .where('mentorships.mentee_id', '>', after)
    // Said once more of the users: PostgreSQL does not see it from the equal id, and reads all that come before.
    .where('mentee.id', '>', after)
    .orderBy('mentorships.mentee_id')
    .limit(limit),
);

/** Who mentors whom, as it was at a moment. */
export const kyselyMentorGraph = (
  db: Kysely<Schema>,
): Pick<MentorshipDirectory, 'lastChange' | 'mentees' | 'links'> => ({
  async lastChange() {
    const { changed_at } = only(await lastChange(db, {}));
    return changed_at === '' ? null : fromText(changed_at);
  },

  async mentees({ mentor, at, after, limit }) {
    const rows = await mentees(db, { mentor, at: toText(at), after, limit });
    return rows.map(toEdge);
  },

  async links({ at, after, limit }) {
    const rows = await links(db, { at: toText(at), after, limit });
    return rows.map(toEdge);
  },
});

const toEdge = (row: {
  mentor_username: string;
  mentee_id: number;
  mentee_username: string;
  started_at: string | null;
  has_mentees: number | null;
}): GraphEdge => ({
  mentorUsername: row.mentor_username as Username,
  menteeId: row.mentee_id as UserId,
  menteeUsername: row.mentee_username as Username,
  startedAt: fromText(row.started_at ?? ''),
  hasMentees: row.has_mentees !== null,
});
