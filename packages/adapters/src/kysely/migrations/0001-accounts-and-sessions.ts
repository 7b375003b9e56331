import { sql } from 'kysely';
import type { Migration } from './migration.ts';

export const accountsAndSessions: Migration = {
  name: '0001-accounts-and-sessions',

  async up(db, { generatedId }) {
    await db.schema
      .createTable('users')
      .addColumn('id', 'integer', generatedId)
      .addColumn('username', 'text', (column) => column.notNull())
      .addColumn('username_key', 'text', (column) => column.notNull().unique())
      .addColumn('email', 'text')
      .addColumn('phone', 'text')
      .addColumn('password_hash', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('last_login_at', 'text')
      .execute();

    await db.schema
      .createTable('mentorships')
      .addColumn('id', 'integer', generatedId)
      .addColumn('mentee_id', 'integer', (column) => column.notNull().references('users.id'))
      .addColumn('mentor_id', 'integer', (column) => column.notNull().references('users.id'))
      .addColumn('began_at', 'text', (column) => column.notNull())
      .addColumn('ended_at', 'text')
      .addColumn('end_reason', 'text')
      .addCheckConstraint('mentorships_not_oneself', sql`mentee_id <> mentor_id`)
      .addCheckConstraint('mentorships_end_has_reason', sql`(ended_at is null) = (end_reason is null)`)
      .execute();
    await db.schema
      .createIndex('mentorships_one_open_a_mentee')
      .unique()
      .on('mentorships')
      .column('mentee_id')
      .where(sql.ref('ended_at'), 'is', null)
      .execute();
    await db.schema
      .createIndex('mentorships_open_by_mentor')
      .on('mentorships')
      .columns(['mentor_id', 'mentee_id'])
      .where(sql.ref('ended_at'), 'is', null)
      .execute();

    await db.schema
      .createTable('mentor_graph')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('version', 'bigint', (column) => column.notNull())
      .execute();
    await sql`insert into mentor_graph (id, version) values (1, 0)`.execute(db);

    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'integer', (column) => column.notNull().references('users.id'))
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'text', (column) => column.notNull())
      .addColumn('access_until', 'text', (column) => column.notNull())
      .addColumn('ended_at', 'text')
      .addColumn('end_reason', 'text')
      .addCheckConstraint('sessions_end_has_reason', sql`(ended_at is null) = (end_reason is null)`)
      .execute();
    await db.schema.createIndex('sessions_by_user').on('sessions').column('user_id').execute();
    await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute();

    await db.schema
      .createTable('signing_keys')
      .addColumn('kid', 'text', (column) => column.primaryKey())
      .addColumn('public_key', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'text', (column) => column.notNull())
      .execute();
  },
};
