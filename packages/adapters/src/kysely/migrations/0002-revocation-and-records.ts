import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.ts';

export const revocationAndRecords: Migration = {
  name: '0002-revocation-and-records',

  async up(db, engine) {
    await numberSessionEnds(db);

    await db.schema.alterTable('users').addColumn('ended_at', 'text').execute();
    // The database derives it from the hash, so that it is right for an import too.
    await sql`alter table users add column pbkdf2_iterations ${sql.raw(engine.pbkdf2Iterations)}`.execute(db);
    await db.schema
      .createIndex('users_by_pbkdf2_iterations')
      .on('users')
      .column('pbkdf2_iterations')
      .where(sql.ref('pbkdf2_iterations'), 'is not', null)
      .execute();

    await db.schema
      .createTable('user_networks')
      .addColumn('user_id', 'integer', (column) => column.notNull().references('users.id'))
      .addColumn('network', 'text', (column) => column.notNull())
      .addColumn('last_login_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('user_networks_primary_key', ['user_id', 'network'])
      .execute();

    await db.schema
      .createTable('attempt_counts')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('count', 'integer', (column) => column.notNull())
      .addColumn('until', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('attempt_counts_by_end').on('attempt_counts').column('until').execute();

    await db.schema
      .createTable('security_events')
      .addColumn('id', engine.largeId, engine.generatedId)
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('occurred_at', 'text', (column) => column.notNull())
      // No foreign key: it would lock the user's row and block the end of an account. Users are never deleted.
      .addColumn('user_id', 'integer')
      .addColumn('session_id', 'text')
      .addColumn('reason', 'text')
      .addColumn('count', 'integer', (column) => column.notNull())
      .addColumn('ip', 'text')
      .addColumn('user_agent', 'text')
      .addColumn('keep_until', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('security_events_by_user').on('security_events').columns(['user_id', 'id']).execute();
    await db.schema.createIndex('security_events_by_end').on('security_events').column('keep_until').execute();
    for (const statement of engine.appendOnly('security_events')) await sql.raw(statement).execute(db);
  },
};

/** All sessions that have ended before this migration get the number 1. */
const numberSessionEnds = async (db: Kysely<unknown>): Promise<void> => {
  for (const [name, type] of [
    ['last_used_at', sql`text not null default ''`],
    ['generation', sql`integer not null default 0`],
    ['rotated_at', sql`text`],
    ['ip', sql`text`],
    ['user_agent', sql`text`],
    ['end_number', sql`bigint`],
  ] as const)
    await db.schema.alterTable('sessions').addColumn(name, type).execute();
  await sql`update sessions set last_used_at = created_at`.execute(db);
  await sql`update sessions set end_number = 1 where ended_at is not null`.execute(db);
  await db.schema.dropIndex('sessions_by_expiry').execute();
  await db.schema.createIndex('sessions_by_end').on('sessions').columns(['expires_at', 'access_until']).execute();
  await db.schema
    .createIndex('sessions_by_end_number')
    .on('sessions')
    .column('end_number')
    .where(sql.ref('end_number'), 'is not', null)
    .execute();

  await db.schema
    .createTable('session_end_counter')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('number', 'bigint', (column) => column.notNull())
    .execute();
  await sql`insert into session_end_counter (id, number) values (1, 1)`.execute(db);
};
