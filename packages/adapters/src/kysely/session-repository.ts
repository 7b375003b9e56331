import type { SessionReference, SessionRepository } from '@mentorship/application';
import { clockSkew, fromSeconds, type Instant, type SessionEndReason, type UserId } from '@mentorship/domain';
import { type Kysely, type Selectable, sql, type UpdateObject } from 'kysely';
import type { Engine } from './engine.ts';
import { fromText, toText } from './instant.ts';
import type { Schema } from './schema.ts';
import { openSessions } from './session-selection.ts';

/** How many spent sessions one call of `prune` deletes at most. */
const pruneBatch = 100;

export const kyselySessions = (db: Kysely<Schema>, engine: Engine): SessionRepository => ({
  async open(session) {
    await db
      .insertInto('sessions')
      .values({
        id: session.id,
        user_id: session.userId,
        created_at: toText(session.createdAt),
        last_used_at: toText(session.lastUsedAt),
        expires_at: toText(session.expiresAt),
        access_until: toText(session.accessUntil),
        generation: session.generation,
        ip: session.ip,
        user_agent: session.userAgent,
      })
      .execute();
  },

  async find({ id, userId }) {
    const row = await db
      .selectFrom('sessions')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row ? toSession(row) : null;
  },

  extendAccess: (session, accessUntil, now) => changeLive(db, session, now, used(accessUntil, now)),

  rotate(session, { from, expiresAt, accessUntil }, now) {
    const next = { generation: from + 1, rotated_at: toText(now), expires_at: toText(expiresAt) };
    return changeLive(db, session, now, { ...used(accessUntil, now), ...next }, from);
  },

  async end(which, reason, now) {
    const open = openSessions(db, which);
    if ((await open.limit(1).executeTakeFirst()) === undefined) return [];
    // Until this transaction is over, no other end gets a number: whoever sees one has seen all before it.
    const { number } = await db
      .updateTable('session_end_counter')
      .set(({ eb }) => ({ number: eb('number', '+', 1) }))
      .returning('number')
      .executeTakeFirstOrThrow();
    const ended = await db
      .updateTable('sessions')
      .set({ ended_at: toText(now), end_reason: reason, end_number: number })
      .where('ended_at', 'is', null)
      .where('id', 'in', open)
      .returning(['id', 'access_until'])
      .execute();
    return ended.map((row) => ({ id: row.id, userId: which.userId, accessUntil: fromText(row.access_until) }));
  },

  async forgetClients(userId) {
    await db.updateTable('sessions').set({ ip: null, user_agent: null }).where('user_id', '=', userId).execute();
  },

  async prune(now) {
    const spent = await engine
      .lockingFree(
        db
          .selectFrom('sessions')
          .select('id')
          .where('expires_at', '<=', toText(now))
          .where('access_until', '<=', toText(now - fromSeconds(clockSkew)))
          .orderBy('expires_at')
          .limit(pruneBatch),
      )
      .execute();
    const ids = spent.map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom('sessions').where('id', 'in', ids).execute();
    return ids.length;
  },
});

/** A use of the session now, for which an access token is issued. */
const used = (accessUntil: Instant, now: Instant) => {
  const until = toText(accessUntil);
  return {
    last_used_at: toText(now),
    access_until: sql<string>`case when access_until < ${until} then ${until} else access_until end`,
  };
};

/** Changes the session if it is live, in one statement: between a check and a change it could end. */
const changeLive = async (
  db: Kysely<Schema>,
  { id, userId }: SessionReference,
  now: Instant,
  change: UpdateObject<Schema, 'sessions'>,
  generation?: number,
): Promise<boolean> => {
  const changed = await db
    .updateTable('sessions')
    .set(change)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', toText(now))
    .$if(generation !== undefined, (query) => query.where('generation', '=', generation ?? 0))
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
};

const toSession = (row: Selectable<Schema['sessions']>) => ({
  id: row.id,
  userId: row.user_id as UserId,
  createdAt: fromText(row.created_at),
  lastUsedAt: fromText(row.last_used_at),
  expiresAt: fromText(row.expires_at),
  accessUntil: fromText(row.access_until),
  generation: row.generation,
  rotatedAt: row.rotated_at === null ? null : fromText(row.rotated_at),
  ip: row.ip,
  userAgent: row.user_agent,
  endedAt: row.ended_at === null ? null : fromText(row.ended_at),
  endReason: row.end_reason as SessionEndReason | null,
});
