import type { SessionDirectory } from '@mentorship/application';
import { clockSkew, fromSeconds, type UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

const open = preparedQuery((db, { id, userId }: Placeholders<{ id: string; userId: number }>) =>
  db
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null),
);

const page = preparedQuery((db, { userId, now, limit }: Placeholders<{ userId: number; now: string; limit: number }>) =>
  db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'last_used_at', 'expires_at', 'user_agent', 'ip'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where(({ or, eb }) => or([eb('expires_at', '>', now), eb('access_until', '>', now)]))
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(limit),
);

const lastEnd = preparedQuery((db) => db.selectFrom('session_end_counter').select('number'));

const endedSince = preparedQuery((db, { known, usable }: Placeholders<{ known: number; usable: string }>) =>
  db
    .selectFrom('sessions')
    .select(['id', 'user_id', 'access_until'])
    .where('end_number', '>', known)
    .where('access_until', '>', usable),
);

export const kyselySessionDirectory = (db: Kysely<Schema>): SessionDirectory => ({
  async isOpen({ id, userId }) {
    const rows = await open(db, { id, userId });
    return rows.length > 0;
  },

  async list({ userId, now, limit }) {
    const rows = await page(db, { userId, now: toTimestamp(now), limit });
    return rows.map((row) => ({
      id: row.id,
      createdAt: fromTimestamp(row.created_at),
      lastUsedAt: fromTimestamp(row.last_used_at),
      expiresAt: fromTimestamp(row.expires_at),
      userAgent: row.user_agent,
      ip: row.ip,
    }));
  },

  async endedSince(since, now) {
    const number = Number(only(await lastEnd(db, {})).number);
    if (number === since) return { number, ended: [] };
    // The counter went back, after a restore or a failover to a lagging standby: lower numbers have new meanings.
    const known = number < since ? -1 : since;
    const rows = await endedSince(db, { known, usable: toTimestamp(now - fromSeconds(clockSkew)) });
    const ended = rows.map((row) => ({
      id: row.id,
      userId: row.user_id as UserId,
      accessUntil: fromTimestamp(row.access_until),
    }));
    return { number, ended };
  },
});
