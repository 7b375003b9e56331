import type { MentorshipRepository } from '@mentorship/application';
import { closingReasons, type Instant, type MentorshipId, type UserId } from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { fromText, toText } from './instant.ts';
import { active, namedMentorships, requested, toMentorship, toNamedMentorship, toRow } from './mentorship-records.ts';
import type { Schema } from './schema.ts';

export const kyselyMentorships = (db: Kysely<Schema>): MentorshipRepository => ({
  async lockGraph(now) {
    const at = toText(now);
    const { changed_at } = await db
      .updateTable('mentor_graph')
      .set(({ eb }) => ({
        version: eb('version', '+', 1),
        changed_at: sql<string>`case when changed_at < ${at} then ${at} else changed_at end`,
      }))
      .returning('changed_at')
      .executeTakeFirstOrThrow();
    return fromText(changed_at);
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
    await db
      .updateTable('mentorships')
      .set(toRow(mentorship))
      .where('id', '=', id)
      .where('version', '=', mentorship.version - 1)
      .returning('id')
      .executeTakeFirstOrThrow();
  },

  async expireRequests({ mentee, at }) {
    await closeRequests(db, at, null).where('mentee_id', '=', mentee).where('expires_at', '<=', toText(at)).execute();
  },

  async cancelRequests({ mentee, reason, at }) {
    await closeRequests(db, at, reason).where('mentee_id', '=', mentee).execute();
  },

  async closeAll({ user, reason, at }) {
    for (const side of ['mentee_id', 'mentor_id'] as const) {
      await closeRequests(db, at, reason).where(side, '=', user).execute();
      await db
        .updateTable('mentorships')
        .set(({ eb }) => ({ status: 'ended', reason, ended_at: toText(at), version: eb('version', '+', 1) }))
        .where(side, '=', user)
        .where('status', '=', active)
        .execute();
    }
  },

  async forgetWords(user) {
    for (const side of ['mentee_id', 'mentor_id'] as const)
      await db
        .updateTable('mentorships')
        .set(({ eb }) => ({
          message: null,
          reason: eb.case().when('reason', 'in', closingReasons).then(eb.ref('reason')).else(null).end(),
          version: eb('version', '+', 1),
        }))
        .where(side, '=', user)
        .execute();
  },
});

/** Closes open requests: those whose time is over have expired when it was, whatever closes the others now. */
const closeRequests = (db: Kysely<Schema>, at: Instant, reason: string | null) => {
  const over = sql<boolean>`expires_at <= ${toText(at)}`;
  return db
    .updateTable('mentorships')
    .set(({ eb }) => ({
      status: sql<string>`case when ${over} then 'expired' else 'cancelled' end`,
      ended_at: sql<string>`case when ${over} then expires_at else ${toText(at)} end`,
      reason: sql<string>`case when ${over} then null else ${reason} end`,
      version: eb('version', '+', 1),
    }))
    .where('status', '=', requested);
};
