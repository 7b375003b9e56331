import type { AttemptCounts, AttemptDirectory, AttemptRepository } from '@mentorship/application';
import { type Instant, latestEnd } from '@mentorship/domain';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import {
  preparedQuery,
  preparedQueryByLength,
  preparedQueryByShape,
  type Placeholders,
} from '../engine/prepared-query.ts';

/** The most counts that one call of `prune` deletes. */
const maxPruned = 100;

type Reading = { now: string; locksRows: boolean };
type Raise = { key: string; by: number; until: string; latest: string };

/** Locks rows in the order of their keys, as `raise` does, so that no two transactions wait for each other. */
const current = preparedQueryByLength(
  (db, keys: readonly Placeholders<{ key: string }>[], { now, locksRows }: Placeholders<Reading>) =>
    db
      .selectFrom('attempt_counts')
      .selectAll()
      .where(
        'key',
        'in',
        keys.map(({ key }) => key),
      )
      .where('until', '>', now)
      .$if(locksRows, (query) => query.orderBy(sql`key collate "C"`).forUpdate()),
);

const raise = preparedQueryByLength(
  (db, rows: readonly Placeholders<Raise>[], { now }: Placeholders<{ now: string }>) => {
    const latest = sql.join(
      rows.map((row) => sql`when ${row.key} then ${row.latest}`),
      sql` `,
    );
    const expired = sql<boolean>`(attempt_counts.until <= ${now} or attempt_counts.until > case attempt_counts.key ${latest} end)`;
    return db
      .insertInto('attempt_counts')
      .values(rows.map(({ key, by, until }) => ({ key, count: by, until })))
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          count: sql<number>`case when ${expired} then excluded.count else attempt_counts.count + excluded.count end`,
          until: sql<string>`case when ${expired} then excluded.until else attempt_counts.until end`,
        }),
      )
      .returningAll();
  },
);

const forget = preparedQuery((db, { key }: Placeholders<{ key: string }>) =>
  db.deleteFrom('attempt_counts').where('key', '=', key),
);

/** Skips counts that another transaction is deleting, so that none waits for the other. */
const expiredCounts = preparedQueryByShape(
  (db, { now, locksRows }: Placeholders<{ now: string; locksRows: boolean }>) =>
    db
      .selectFrom('attempt_counts')
      .select('key')
      .where('until', '<=', now)
      .orderBy('until')
      .limit(maxPruned)
      .$if(locksRows, (query) => query.forUpdate().skipLocked()),
);

export const kyselyAttempts = (db: Kysely<Schema>, { locksRows }: Engine): AttemptRepository => ({
  find: (keys, now) => find(db, keys, now, locksRows),

  async raise(raises, now) {
    const rows = raises
      .toSorted((one, other) => (one.key < other.key ? -1 : 1))
      .map(({ until, ...row }) => ({ ...row, until: toTimestamp(until), latest: toTimestamp(latestEnd(until)) }));
    return toCounts(await raise(db, rows, { now: toTimestamp(now) }));
  },

  async forget(key) {
    await forget(db, { key });
  },

  async prune(now) {
    const keys = (await expiredCounts(db, { now: toTimestamp(now), locksRows })).map(({ key }) => key);
    if (keys.length > 0) await db.deleteFrom('attempt_counts').where('key', 'in', keys).execute();
    return keys.length;
  },
});

export const kyselyAttemptDirectory = (db: Kysely<Schema>): AttemptDirectory => ({
  find: (keys, now) => find(db, keys, now, false),
});

const find = async (
  db: Kysely<Schema>,
  keys: readonly string[],
  now: Instant,
  locksRows: boolean,
): Promise<AttemptCounts> =>
  toCounts(
    await current(
      db,
      keys.map((key) => ({ key })),
      { now: toTimestamp(now), locksRows },
    ),
  );

const toCounts = (rows: readonly Selectable<Schema['attempt_counts']>[]): AttemptCounts =>
  new Map(rows.map(({ key, count, until }) => [key, { count, until: fromTimestamp(until) }]));
