import type { SecurityEventDirectory, SecurityEventRepository } from '@mentorship/application';
import type { SecurityEvent, SecurityEventType, SessionEndReason, UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { fromText, toText } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, preparedQuery } from '../engine/prepared-query.ts';

/** How many events one statement inserts: the databases have a limit of parameters. */
const insertBatch = 500;

/** How many events one call of `prune` deletes at most. */
const pruneBatch = 100;

/** How much longer than it must be an event is kept, in milliseconds: the database judges by a clock of its own. */
const margin = 24 * 60 * 60 * 1000;

const toRow = (event: SecurityEvent) => ({
  type: event.type,
  occurred_at: toText(event.at),
  user_id: event.userId,
  session_id: event.sessionId,
  reason: event.reason,
  count: event.count,
  ip: event.ip,
  user_agent: event.userAgent,
  keep_until: toText(event.keepUntil),
});

const addOne = preparedQuery((db, row: ReturnType<typeof toRow>) => db.insertInto('security_events').values(row));

/** Those that nobody else is clearing away: nobody waits for it. */
const over = preparedQueryByShape((db, { until, locksRows }: { until: string; locksRows: boolean }) =>
  db
    .selectFrom('security_events')
    .select('id')
    .where('keep_until', '<=', until)
    .orderBy('keep_until')
    .limit(pruneBatch)
    .$if(locksRows, (query) => query.forUpdate().skipLocked()),
);

type Page = { userId: number; before: number | undefined; limit: number };

const page = preparedQueryByShape((db, { userId, before, limit }: Page) =>
  db
    .selectFrom('security_events')
    .selectAll()
    .where('user_id', '=', userId)
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
    .orderBy('id', 'desc')
    .limit(limit),
);

export const kyselySecurityEvents = (db: Kysely<Schema>, { locksRows }: Engine): SecurityEventRepository => ({
  async add(events) {
    const rows = events.map(toRow);
    const [row, ...others] = rows;
    if (row && others.length === 0) {
      await addOne(db, row);
      return;
    }
    for (let at = 0; at < rows.length; at += insertBatch)
      await db
        .insertInto('security_events')
        .values(rows.slice(at, at + insertBatch))
        .execute();
  },

  async prune(now) {
    const ids = (await over(db, { until: toText(now - margin), locksRows })).map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom('security_events').where('id', 'in', ids).execute();
    return ids.length;
  },
});

export const kyselySecurityEventDirectory = (db: Kysely<Schema>): SecurityEventDirectory => ({
  async list({ userId, before, limit }) {
    const rows = await page(db, { userId, before: before ?? undefined, limit });
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
