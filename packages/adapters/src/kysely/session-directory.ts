import type { SessionDirectory } from '@mentorship/application';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export const kyselySessionDirectory = (db: Kysely<Schema>): SessionDirectory => ({
  async isOpen({ id, userId }) {
    const row = await db
      .selectFrom('sessions')
      .select('id')
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return row !== undefined;
  },
});
