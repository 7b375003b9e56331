import type { SessionRepository } from '@mentorship/application';
import type { Kysely } from 'kysely';
import { toText } from './instant.ts';
import type { Schema } from './schema.ts';

/** How many spent sessions one call of `prune` deletes at most. */
const pruneBatch = 100;

export const kyselySessions = (db: Kysely<Schema>): SessionRepository => ({
  async open(session) {
    await db
      .insertInto('sessions')
      .values({
        id: session.id,
        user_id: session.userId,
        created_at: toText(session.createdAt),
        expires_at: toText(session.expiresAt),
        access_until: toText(session.accessUntil),
      })
      .execute();
  },

  async extendAccess({ id, userId }, accessUntil, now) {
    const until = toText(accessUntil);
    const row = await db
      .updateTable('sessions')
      .set(({ eb }) => ({
        access_until: eb.case().when('access_until', '<', until).then(until).else(eb.ref('access_until')).end(),
      }))
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', toText(now))
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  },

  async end({ id, userId }, reason, now) {
    const row = await db
      .updateTable('sessions')
      .set({ ended_at: toText(now), end_reason: reason })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', toText(now))
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  },

  async endOthers({ id, userId }, reason, now) {
    await db
      .updateTable('sessions')
      .set({ ended_at: toText(now), end_reason: reason })
      .where('user_id', '=', userId)
      .where('id', '<>', id)
      .where('ended_at', 'is', null)
      .execute();
  },

  async prune(now) {
    const spent = await db
      .selectFrom('sessions')
      .select('id')
      .where('expires_at', '<=', toText(now))
      .where('access_until', '<=', toText(now))
      .orderBy('expires_at')
      .limit(pruneBatch)
      .execute();
    const ids = spent.map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom('sessions').where('id', 'in', ids).execute();
  },
});
