import type { SecurityEventDirectory, SecurityEventRepository } from '@mentorship/application';
import type { SecurityEventType, SessionEndReason, UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import type { Engine } from './engine.ts';
import { fromText, toText } from './instant.ts';
import type { Schema } from './schema.ts';

/** How many events one statement inserts: the databases have a limit of parameters. */
const insertBatch = 500;

/** How many events one call of `prune` deletes at most. */
const pruneBatch = 100;

/** How much longer than it must be an event is kept, in milliseconds: the database judges by a clock of its own. */
const margin = 24 * 60 * 60 * 1000;

export const kyselySecurityEvents = (db: Kysely<Schema>, engine: Engine): SecurityEventRepository => ({
  async add(events) {
    const rows = events.map((event) => ({
      type: event.type,
      occurred_at: toText(event.at),
      user_id: event.userId,
      session_id: event.sessionId,
      reason: event.reason,
      count: event.count,
      ip: event.ip,
      user_agent: event.userAgent,
      keep_until: toText(event.keepUntil),
    }));
    for (let at = 0; at < rows.length; at += insertBatch)
      await db
        .insertInto('security_events')
        .values(rows.slice(at, at + insertBatch))
        .execute();
  },

  async prune(now) {
    const over = await engine
      .lockingFree(
        db
          .selectFrom('security_events')
          .select('id')
          .where('keep_until', '<=', toText(now - margin))
          .orderBy('keep_until')
          .limit(pruneBatch),
      )
      .execute();
    const ids = over.map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom('security_events').where('id', 'in', ids).execute();
    return ids.length;
  },
});

export const kyselySecurityEventDirectory = (db: Kysely<Schema>): SecurityEventDirectory => ({
  async list({ userId, before, limit }) {
    const rows = await db
      .selectFrom('security_events')
      .selectAll()
      .where('user_id', '=', userId)
      .$if(before !== null, (query) => query.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: Number(row.id),
      type: row.type as SecurityEventType,
      at: fromText(row.occurred_at),
      userId: row.user_id as UserId | null,
      sessionId: row.session_id,
      reason: row.reason as SessionEndReason | null,
      count: row.count,
      ip: row.ip,
      userAgent: row.user_agent,
      keepUntil: fromText(row.keep_until),
    }));
  },
});
