import type { SessionRepository, SessionSelection } from '@mentorship/application';
import { clockSkew, fromSeconds, type SessionEndReason, type UserId } from '@mentorship/domain';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { fromNullableTimestamp, fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQueryByShape, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

type Row = Selectable<Schema['sessions']>;

/** The most sessions that one call of `prune` deletes. */
const maxPruned = 100;

const open = preparedQuery(
  (db, row: Placeholders<Omit<Row, 'ended_at' | 'end_reason' | 'end_number' | 'rotated_at'>>) =>
    db.insertInto('sessions').values(row),
);

const find = preparedQuery((db, { id, userId }: Placeholders<{ id: string; userId: number }>) =>
  db.selectFrom('sessions').selectAll().where('id', '=', id).where('user_id', '=', userId),
);

type Use = { id: string; userId: number; now: string; accessUntil: string };
type Rotation = { from: number; to: number; expiresAt: string };

/** Checks that the session is live and records its use in one query, so that it cannot end in between. */
const use = preparedQueryByShape(
  (db, { id, userId, now, accessUntil, from, to, expiresAt }: Placeholders<Use & Partial<Rotation>>) =>
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
      .$call((query) => (from === undefined ? query : query.where('generation', '=', from)))
      .returning('id'),
);

type Selection = ReturnType<typeof toSelectionValues>;

/** More sessions than a user can have: SQLite has no offset without a limit. */
const noLimit = 1_000_000;

/** The values of a selection, with `undefined` for each restriction that it does not have. */
const toSelectionValues = (selection: SessionSelection) => ({
  userId: selection.userId,
  id: 'id' in selection ? selection.id : undefined,
  except: 'except' in selection ? selection.except : undefined,
  exceptNewest: 'exceptNewest' in selection ? selection.exceptNewest : undefined,
});

/** The ids of the user's open sessions that are selected. */
const openSessions = (db: Kysely<Schema>, { userId, id, except, exceptNewest }: Placeholders<Selection>) => {
  const open = db.selectFrom('sessions').select('id').where('user_id', '=', userId).where('ended_at', 'is', null);
  if (except !== undefined) return open.where('id', '<>', except);
  if (exceptNewest !== undefined)
    return open.orderBy('created_at', 'desc').orderBy('id').limit(noLimit).offset(exceptNewest);
  return id === undefined ? open : open.where('id', '=', id);
};

const anyOpen = preparedQueryByShape((db, selection: Placeholders<Selection>) => openSessions(db, selection).limit(1));

const nextEnd = preparedQuery((db) =>
  db
    .updateTable('session_end_counter')
    .set(({ eb }) => ({ number: eb('number', '+', 1) }))
    .returning('number'),
);

type End = { now: string; reason: string; number: Row['end_number'] };

const end = preparedQueryByShape((db, { now, reason, number, ...selection }: Placeholders<Selection & End>) =>
  db
    .updateTable('sessions')
    .set({ ended_at: now, end_reason: reason, end_number: number })
    .where('ended_at', 'is', null)
    .where('id', 'in', openSessions(db, selection))
    .returning(['id', 'access_until']),
);

const eraseClients = preparedQuery((db, { userId }: Placeholders<{ userId: number }>) =>
  db.updateTable('sessions').set({ ip: null, user_agent: null }).where('user_id', '=', userId),
);

/** Skips sessions that another transaction is deleting, so that none waits for the other. */
const prunable = preparedQueryByShape(
  (db, { now, usable, locksRows }: Placeholders<{ now: string; usable: string; locksRows: boolean }>) =>
    db
      .selectFrom('sessions')
      .select('id')
      .where('expires_at', '<=', now)
      .where('access_until', '<=', usable)
      .orderBy('expires_at')
      .limit(maxPruned)
      .$if(locksRows, (query) => query.forUpdate().skipLocked()),
);

export const kyselySessions = (db: Kysely<Schema>, { locksRows }: Engine): SessionRepository => ({
  async open(session) {
    await open(db, {
      id: session.id,
      user_id: session.userId,
      created_at: toTimestamp(session.createdAt),
      last_used_at: toTimestamp(session.lastUsedAt),
      expires_at: toTimestamp(session.expiresAt),
      access_until: toTimestamp(session.accessUntil),
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
    const changed = await use(db, { id, userId, now: toTimestamp(now), accessUntil: toTimestamp(accessUntil) });
    return changed.length > 0;
  },

  async rotate({ id, userId }, { from, expiresAt, accessUntil }, now) {
    const rotation = { from, to: from + 1, expiresAt: toTimestamp(expiresAt) };
    const changed = await use(db, {
      id,
      userId,
      now: toTimestamp(now),
      accessUntil: toTimestamp(accessUntil),
      ...rotation,
    });
    return changed.length > 0;
  },

  async end(which, reason, now) {
    const selection = toSelectionValues(which);
    if ((await anyOpen(db, selection)).length === 0) return [];
    // Locks the counter until the commit: a process that sees a number has seen all ends with lower numbers.
    const { number } = only(await nextEnd(db, {}));
    const ended = await end(db, { ...selection, now: toTimestamp(now), reason, number });
    return ended.map((row) => ({ id: row.id, userId: which.userId, accessUntil: fromTimestamp(row.access_until) }));
  },

  async eraseClients(userId) {
    await eraseClients(db, { userId });
  },

  async prune(now) {
    const rows = await prunable(db, {
      now: toTimestamp(now),
      usable: toTimestamp(now - fromSeconds(clockSkew)),
      locksRows,
    });
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await db.deleteFrom('sessions').where('id', 'in', ids).execute();
    return ids.length;
  },
});

const toSession = (row: Row) => ({
  id: row.id,
  userId: row.user_id as UserId,
  createdAt: fromTimestamp(row.created_at),
  lastUsedAt: fromTimestamp(row.last_used_at),
  expiresAt: fromTimestamp(row.expires_at),
  accessUntil: fromTimestamp(row.access_until),
  generation: row.generation,
  rotatedAt: fromNullableTimestamp(row.rotated_at),
  ip: row.ip,
  userAgent: row.user_agent,
  endedAt: fromNullableTimestamp(row.ended_at),
  endReason: row.end_reason as SessionEndReason | null,
});
