import type { MentorshipRepository } from '@mentorship/application';
import type { MentorshipId, UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import { nextMoment } from '../next-moment.ts';
import { fromText, toText } from './instant.ts';
import { kyselyMentorshipClosing } from './mentorship-closing.ts';
import { active, namedMentorships, requested, toMentorship, toNamedMentorship, toRow } from './mentorship-records.ts';
import type { Schema } from './schema.ts';

export const kyselyMentorships = (db: Kysely<Schema>): MentorshipRepository => ({
  async lockGraph(clock) {
    const { changed_at } = await db
      .updateTable('mentor_graph')
      .set(({ eb }) => ({ version: eb('version', '+', 1) }))
      .returning('changed_at')
      .executeTakeFirstOrThrow();
    const at = await nextMoment(changed_at === '' ? null : fromText(changed_at), clock);
    await db
      .updateTable('mentor_graph')
      .set({ changed_at: toText(at) })
      .execute();
    return at;
  },

  async find(id) {
    const row = await namedMentorships(db).where('mentorships.id', '=', id).executeTakeFirst();
    return row ? toNamedMentorship(row) : null;
  },

  async activeOf(mentee) {
    const row = await db
      .selectFrom('mentorships')
      .selectAll()
      .where('mentee_id', '=', mentee)
      .where('status', '=', active)
      .executeTakeFirst();
    return row ? toMentorship(row) : null;
  },

  async openRequest({ mentee, mentor }) {
    const row = await db
      .selectFrom('mentorships')
      .selectAll()
      .where('mentee_id', '=', mentee)
      .where('mentor_id', '=', mentor)
      .where('status', '=', requested)
      .executeTakeFirst();
    return row ? toMentorship(row) : null;
  },

  async countSentRequests(mentee) {
    const { count } = await db
      .selectFrom('mentorships')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('mentee_id', '=', mentee)
      .where('status', '=', requested)
      .where('requested_by', '=', 'mentee')
      .executeTakeFirstOrThrow();
    return Number(count);
  },

  async countMentees(mentor) {
    const { count } = await db
      .selectFrom('mentorships')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('mentor_id', '=', mentor)
      .where('status', '=', active)
      .executeTakeFirstOrThrow();
    return Number(count);
  },

  async mentorsAbove(user) {
    const rows = await db
      .withRecursive('above(id, steps)', (cte) =>
        cte
          .selectFrom('mentorships')
          .select(({ lit }) => ['mentor_id as id', lit(1).as('steps')])
          .where('mentee_id', '=', user)
          .where('status', '=', active)
          .unionAll(
            cte
              .selectFrom('above')
              .innerJoin('mentorships', 'mentorships.mentee_id', 'above.id')
              .select(({ eb }) => ['mentorships.mentor_id as id', eb('above.steps', '+', 1).as('steps')])
              .where('mentorships.status', '=', active),
          ),
      )
      .selectFrom('above')
      .select('id')
      .orderBy('steps')
      .execute();
    return rows.map(({ id }) => id as UserId);
  },

  async add(mentorship) {
    const { id } = await db
      .insertInto('mentorships')
      .values(toRow(mentorship))
      .returning('id')
      .executeTakeFirstOrThrow();
    return id as MentorshipId;
  },

  async save({ id, ...mentorship }) {
    const { status, reason, started_at, ended_at, version } = toRow(mentorship);
    await db
      .updateTable('mentorships')
      .set({ status, reason, started_at, ended_at, version })
      .where('id', '=', id)
      .where('version', '=', version - 1)
      .returning('id')
      .executeTakeFirstOrThrow();
  },

  ...kyselyMentorshipClosing(db),
});
