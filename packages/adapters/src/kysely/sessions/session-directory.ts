import type { SessionDirectory } from '@mentorship/application';
import { clockSkew, fromSeconds, type UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import { fromText, toText } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQuery } from '../engine/prepared-query.ts';

const open = preparedQuery((db, { id, userId }: { id: string; userId: number }) =>
  db
    .selectFrom('sessions')
    .select('id')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null),
);

const page = preparedQuery((db, { userId, now, limit }: { userId: number; now: string; limit: number }) =>
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

const endedSince = preparedQuery((db, { known, usable }: { known: number; usable: string }) =>
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
    const rows = await page(db, { userId, now: toText(now), limit });
    return rows.map((row) => ({
      id: row.id,
      createdAt: fromText(row.created_at),
      lastUsedAt: fromText(row.last_used_at),
      expiresAt: fromText(row.expires_at),
      userAgent: row.user_agent,
      ip: row.ip,
    }));
  },

  async endedSince(since, now) {
    const number = Number(only(await lastEnd(db, {})).number);
    if (number === since) return { number, ended: [] };
    // Set back, by a backup or a standby that lagged: what was known by these numbers is not what they stand for now.
    const known = number < since ? -1 : since;
    const rows = await endedSince(db, { known, usable: toText(now - fromSeconds(clockSkew)) });
    const ended = rows.map((row) => ({
      id: row.id,
      userId: row.user_id as UserId,
      accessUntil: fromText(row.access_until),
    }));
    return { number, ended };
  },
});
