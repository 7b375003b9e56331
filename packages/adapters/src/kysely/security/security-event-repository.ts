import type { SecurityEventDirectory, SecurityEventRepository } from '@mentorship/application';
import type { SecurityEvent, SecurityEventType, SessionEndReason, UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

/** The most events that one query inserts: the databases limit its parameters. */
const maxInserted = 500;

/** The most events that one call of `prune` deletes. */
const maxPruned = 100;

/** How long an event is kept past `keep_until`: the database checks that by its own clock, which may be slow. */
const pruneDelayMs = 24 * 60 * 60 * 1000;

const toRow = (event: SecurityEvent) => ({
  type: event.type,
  occurred_at: toTimestamp(event.at),
  user_id: event.userId,
  session_id: event.sessionId,
  reason: event.reason,
  count: event.count,
  ip: event.ip,
  user_agent: event.userAgent,
  keep_until: toTimestamp(event.keepUntil),
});

const addOne = preparedQuery((db, row: Placeholders<ReturnType<typeof toRow>>) =>
  db.insertInto('security_events').values(row),
);

/** Skips events that another transaction is deleting, so that none waits for the other. */
const expiredEvents = preparedQueryByShape(
  (db, { until, locksRows }: Placeholders<{ until: string; locksRows: boolean }>) =>
    db
      .selectFrom('security_events')
      .select('id')
      .where('keep_until', '<=', until)
      .orderBy('keep_until')
      .limit(maxPruned)
      .$if(locksRows, (query) => query.forUpdate().skipLocked()),
);

type Page = { userId: number; before: number | undefined; limit: number };

const page = preparedQueryByShape((db, { userId, before, limit }: Placeholders<Page>) =>
  db
    .selectFrom('security_events')
    .selectAll()
    .where('user_id', '=', userId)
    .$call((query) => (before === undefined ? query : query.where('id', '<', before)))
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
    for (let at = 0; at < rows.length; at += maxInserted)
      await db
        .insertInto('security_events')
        .values(rows.slice(at, at + maxInserted))
        .execute();
  },

  async prune(now) {
    const ids = (await expiredEvents(db, { until: toTimestamp(now - pruneDelayMs), locksRows })).map(({ id }) => id);
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
      at: fromTimestamp(row.occurred_at),
      userId: row.user_id as UserId | null,
      sessionId: row.session_id,
      reason: row.reason as SessionEndReason | null,
      count: row.count,
      ip: row.ip,
      userAgent: row.user_agent,
      keepUntil: fromTimestamp(row.keep_until),
    }));
  },
});
