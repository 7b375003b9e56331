import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.ts';

export const mentorshipLifecycle: Migration = {
  name: '0003-mentorship-lifecycle',

  async up(db, engine) {
    await db.schema
      .alterTable('mentor_graph')
      .addColumn('changed_at', 'text', (column) => column.notNull().defaultTo(''))
      .execute();

    await sql`update mentor_graph set changed_at =
      coalesce((select max(coalesce(ended_at, began_at)) from mentorships), '')`.execute(db);

    // Creates the table again: the old one cannot hold requests. Its ids were never shown to clients.
    await sql`create table links as select * from mentorships`.execute(db);
    await db.schema.dropTable('mentorships').execute();
    await createMentorships(db, engine.generatedId);
    await sql`insert into mentorships
      (mentee_id, mentor_id, status, requested_by, reason, created_at, started_at, ended_at, version)
      select mentee_id, mentor_id, case when ended_at is null then 'active' else 'ended' end, 'mentee', end_reason,
        began_at, began_at, ended_at, case when ended_at is null then 1 else 2 end
      from links order by id`.execute(db);
    await db.schema.dropTable('links').execute();

    for (const statement of engine.byteOrder('users', 'username_key')) await sql.raw(statement).execute(db);
    for (const [name, type] of [
      ['mentor_policy', 'text'],
      ['mentor_capacity', 'integer'],
      ['bio', 'text'],
      ['skills', 'text'],
    ] as const)
      await db.schema.alterTable('users').addColumn(name, type).execute();
    await db.schema
      .createIndex('users_accepting')
      .on('users')
      .column('id')
      .where(sql<boolean>`ended_at is null and (mentor_policy is null or mentor_policy <> 'closed')`)
      .execute();
    await db.schema
      .createTable('user_skills')
      .addColumn('skill_key', 'text', (column) => column.notNull())
      .addColumn('user_id', 'integer', (column) => column.notNull().references('users.id'))
      .addPrimaryKeyConstraint('user_skills_primary_key', ['skill_key', 'user_id'])
      .execute();
    await db.schema.createIndex('user_skills_by_user').on('user_skills').column('user_id').execute();
  },
};

const createMentorships = async (
  db: Kysely<unknown>,
  generatedId: Parameters<Migration['up']>[1]['generatedId'],
): Promise<void> => {
  await db.schema
    .createTable('mentorships')
    .addColumn('id', 'integer', generatedId)
    .addColumn('mentee_id', 'integer', (column) => column.notNull().references('users.id'))
    .addColumn('mentor_id', 'integer', (column) => column.notNull().references('users.id'))
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('message', 'text')
    .addColumn('reason', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('started_at', 'text')
    .addColumn('ended_at', 'text')
    .addColumn('version', 'integer', (column) => column.notNull())
    .addCheckConstraint('mentorships_not_oneself', sql`mentee_id <> mentor_id`)
    .addCheckConstraint(
      'mentorships_started',
      sql`(started_at is not null) = (status in ('active', 'completed', 'ended'))`,
    )
    .addCheckConstraint('mentorships_open', sql`(ended_at is null) = (status in ('requested', 'active'))`)
    .addCheckConstraint('mentorships_requested', sql`status <> 'requested' or expires_at is not null`)
    .execute();

  const indexes: readonly [name: string, columns: string[], of?: 'active' | 'requested', unique?: true][] = [
    ['mentorships_one_active_a_mentee', ['mentee_id'], 'active', true],
    ['mentorships_one_request_a_pair', ['mentee_id', 'mentor_id'], 'requested', true],
    ['mentorships_active_by_mentor', ['mentor_id', 'mentee_id'], 'active'],
    ['mentorships_by_pair', ['mentor_id', 'mentee_id']],
    ['mentorships_of_mentor', ['mentor_id', 'status', 'id']],
    ['mentorships_of_mentee', ['mentee_id', 'status', 'id']],
  ];
  for (const [name, columns, status, unique] of indexes) {
    const index = db.schema.createIndex(name).on('mentorships').columns(columns);
    const among = status ? index.where(sql<boolean>`status = ${sql.lit(status)}`) : index;
    await (unique ? among.unique() : among).execute();
  }
};
