import type { SessionRepository } from '@mentorship/application';
import { clockSkew, fromSeconds, type SessionEndReason, type UserId } from '@mentorship/domain';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { fromText, toText } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { openSessions, toSelectionValues } from '../session-selection.ts';
import { only, preparedQueryByShape, preparedQuery } from '../engine/prepared-query.ts';

type Row = Selectable<Schema['sessions']>;

/** How many spent sessions one call of `prune` deletes at most. */
const pruneBatch = 100;

const open = preparedQuery((db, row: Omit<Row, 'ended_at' | 'end_reason' | 'end_number' | 'rotated_at'>) =>
  db.insertInto('sessions').values(row),
);

const find = preparedQuery((db, { id, userId }: { id: string; userId: number }) =>
  db.selectFrom('sessions').selectAll().where('id', '=', id).where('user_id', '=', userId),
);

type Use = { id: string; userId: number; now: string; accessUntil: string };
type Rotation = { from: number; to: number; expiresAt: string };

/** Notes a use of the session if it is live, in one statement: between a check and a change it could end. */
const use = preparedQueryByShape((db, { id, userId, now, accessUntil, from, to, expiresAt }: Use & Partial<Rotation>) =>
  db
    .updateTable('sessions')
    .set({
      last_used_at: now,
      access_until: sql<string>`case when access_until < ${accessUntil} then ${accessUntil} else access_until end`,
      ...(from !== undefined && { generation: to, rotated_at: now, expires_at: expiresAt }),
    })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .$if(from !== undefined, (query) => query.where('generation', '=', from ?? 0))
    .returning('id'),
);

type Selection = ReturnType<typeof toSelectionValues>;

const anyOpen = preparedQueryByShape((db, which: Selection) => openSessions(db, which).limit(1));

const nextEnd = preparedQuery((db) =>
  db
    .updateTable('session_end_counter')
    .set(({ eb }) => ({ number: eb('number', '+', 1) }))
    .returning('number'),
);

type End = { now: string; reason: string; number: Row['end_number'] };

const end = preparedQueryByShape((db, { now, reason, number, ...which }: Selection & End) =>
  db
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: reason, end_number: number })
    .where('ended_at', 'is', null)
    .where('id', 'in', openSessions(db, which))
    .returning(['id', 'access_until']),
);

const eraseClients = preparedQuery((db, { userId }: { userId: number }) =>
  db.updateTable('sessions').set({ ip: null, user_agent: null }).where('user_id', '=', userId),
);

/** Those that nobody else is clearing away: nobody waits for it. */
const spent = preparedQueryByShape(
  (db, { now, usable, locksRows }: { now: string; usable: string; locksRows: boolean }) =>
    db
      .selectFrom('sessions')
      .select('id')
      .where('expires_at', '<=', now)
      .where('access_until', '<=', usable)
      .orderBy('expires_at')
      .limit(pruneBatch)
      .$if(locksRows, (query) => query.forUpdate().skipLocked()),
);

export const kyselySessions = (db: Kysely<Schema>, { locksRows }: Engine): SessionRepository => ({
  async open(session) {
    await open(db, {
      id: session.id,
      user_id: session.userId,
      created_at: toText(session.createdAt),
      last_used_at: toText(session.lastUsedAt),
      expires_at: toText(session.expiresAt),
      access_until: toText(session.accessUntil),
      generation: session.generation,
      ip: session.ip,
      user_agent: session.userAgent,
    });
  },

  async find({ id, userId }) {
    const [row] = await find(db, { id, userId });
    return row ? toSession(row) : null;
  },

  async extendAccess({ id, userId }, accessUntil, now) {
    const changed = await use(db, { id, userId, now: toText(now), accessUntil: toText(accessUntil) });
    return changed.length > 0;
  },

  async rotate({ id, userId }, { from, expiresAt, accessUntil }, now) {
    const rotation = { from, to: from + 1, expiresAt: toText(expiresAt) };
    const changed = await use(db, { id, userId, now: toText(now), accessUntil: toText(accessUntil), ...rotation });
    return changed.length > 0;
  },

  async end(which, reason, now) {
    const selection = toSelectionValues(which);
    if ((await anyOpen(db, selection)).length === 0) return [];
    // Until this transaction is over, no other end gets a number: whoever sees one has seen all before it.
    const { number } = only(await nextEnd(db, {}));
    const ended = await end(db, { ...selection, now: toText(now), reason, number });
    return ended.map((row) => ({ id: row.id, userId: which.userId, accessUntil: fromText(row.access_until) }));
  },

  async eraseClients(userId) {
    await eraseClients(db, { userId });
  },

  async prune(now) {
    const rows = await spent(db, { now: toText(now), usable: toText(now - fromSeconds(clockSkew)), locksRows });
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom('sessions').where('id', 'in', ids).execute();
    return ids.length;
  },
});

const toSession = (row: Row) => ({
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
