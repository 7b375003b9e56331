import type { MentorshipRepository } from '@mentorship/application';
import type { UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import { toText } from './instant.ts';
import type { Schema } from './schema.ts';

export const kyselyMentorships = (db: Kysely<Schema>): MentorshipRepository => ({
  async lockGraph() {
    await db
      .updateTable('mentor_graph')
      .set(({ eb }) => ({ version: eb('version', '+', 1) }))
      .execute();
  },

  async mentorOf(mentee) {
    const row = await db
      .selectFrom('mentorships')
      .select('mentor_id')
      .where('mentee_id', '=', mentee)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return (row?.mentor_id as UserId | undefined) ?? null;
  },

  async mentorsAbove(user) {
    const rows = await db
      .withRecursive('above(id, steps)', (cte) =>
        cte
          .selectFrom('mentorships')
          .select(({ lit }) => ['mentor_id as id', lit(1).as('steps')])
          .where('mentee_id', '=', user)
          .where('ended_at', 'is', null)
          .unionAll(
            cte
              .selectFrom('above')
              .innerJoin('mentorships', 'mentorships.mentee_id', 'above.id')
              .select(({ eb }) => ['mentorships.mentor_id as id', eb('above.steps', '+', 1).as('steps')])
              .where('mentorships.ended_at', 'is', null),
          ),
      )
      .selectFrom('above')
      .select('id')
      .orderBy('steps')
      .execute();
    return rows.map(({ id }) => id as UserId);
  },

  async begin({ mentee, mentor, at }) {
    await db
      .insertInto('mentorships')
      .values({ mentee_id: mentee, mentor_id: mentor, began_at: toText(at) })
      .execute();
  },

  async end({ mentee, reason, at }) {
    await db
      .updateTable('mentorships')
      .set({ ended_at: toText(at), end_reason: reason })
      .where('mentee_id', '=', mentee)
      .where('ended_at', 'is', null)
      .execute();
  },

  async endAll({ user, reason, at }) {
    await db
      .updateTable('mentorships')
      .set({ ended_at: toText(at), end_reason: reason })
      .where(({ or, eb }) => or([eb('mentee_id', '=', user), eb('mentor_id', '=', user)]))
      .where('ended_at', 'is', null)
      .execute();
  },
});
