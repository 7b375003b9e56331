import type { SessionReference, SessionRepository } from '@mentorship/application';
import type { Instant } from '@mentorship/domain';
import { type Kysely, sql, type UpdateObject } from 'kysely';
import { toText } from './instant.ts';
import type { Schema } from './schema.ts';
import { kyselySessionDirectory } from './session-directory.ts';

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

  extendAccess(session, accessUntil, now) {
    const until = toText(accessUntil);
    const latest = sql<string>`case when access_until < ${until} then ${until} else access_until end`;
    return changeLive(db, session, now, { access_until: latest });
  },

  end(session, reason, now) {
    return changeLive(db, session, now, { ended_at: toText(now), end_reason: reason });
  },

  async endOthers({ id, userId }, reason, now) {
    if (!(await kyselySessionDirectory(db).isOpen({ id, userId }))) return false;
    await db
      .updateTable('sessions')
      .set({ ended_at: toText(now), end_reason: reason })
      .where('user_id', '=', userId)
      .where('id', '<>', id)
      .where('ended_at', 'is', null)
      .execute();
    return true;
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

/** Changes the session if it is live, in one statement: between a check and a change it could end. */
const changeLive = async (
  db: Kysely<Schema>,
  { id, userId }: SessionReference,
  now: Instant,
  change: UpdateObject<Schema, 'sessions'>,
): Promise<boolean> => {
  const changed = await db
    .updateTable('sessions')
    .set(change)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', toText(now))
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
};
