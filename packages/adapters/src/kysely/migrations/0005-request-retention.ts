import { sql } from 'kysely';
import type { Migration } from './migration.ts';

export const requestRetention: Migration = {
  name: '0005-request-retention',

  async up(db) {
    // Finds old messages and reasons of requests that came to nothing: a request leaves the index with its words.
    await db.schema
      .createIndex('mentorships_with_words')
      .on('mentorships')
      .columns(['ended_at', 'expires_at'])
      .where(
        sql<boolean>`started_at is null and (message is not null
          or reason not in ('replaced', 'removed', 'matched', 'account_ended'))`,
      )
      .execute();
  },
};
