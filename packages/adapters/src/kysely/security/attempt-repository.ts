import type { AttemptCount, AttemptDirectory, AttemptRepository } from '@mentorship/application';
import { latestEnd } from '@mentorship/domain';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQueryByShape, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

/** The most counts that one call of `prune` deletes. */
const maxPruned = 100;

const current = preparedQueryByShape(
  (db, { key, now, locksRows }: Placeholders<{ key: string; now: string; locksRows: boolean }>) =>
    db
      .selectFrom('attempt_counts')
      .select(['count', 'until'])
      .where('key', '=', key)
      .where('until', '>', now)
      .$if(locksRows, (query) => query.forUpdate()),
);

const raise = preparedQuery(
  (
    db,
    {
      key,
      by,
      until,
      latest,
      now,
    }: Placeholders<{ key: string; by: number; until: string; latest: string; now: string }>,
  ) => {
    const expired = sql<boolean>`(attempt_counts.until <= ${now} or attempt_counts.until > ${latest})`;
    return db
      .insertInto('attempt_counts')
      .values({ key, count: by, until })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          count: sql<number>`case when ${expired} then excluded.count else attempt_counts.count + excluded.count end`,
          until: sql<string>`case when ${expired} then excluded.until else attempt_counts.until end`,
        }),
      )
      .returning(['count', 'until']);
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
  async find(key, now) {
    const [row] = await current(db, { key, now: toTimestamp(now), locksRows });
    return row ? toCount(row) : null;
  },

  async raise(key, by, until, now) {
    const times = { until: toTimestamp(until), latest: toTimestamp(latestEnd(until)), now: toTimestamp(now) };
    return toCount(only(await raise(db, { key, by, ...times })));
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
  async find(key, now) {
    const [row] = await current(db, { key, now: toTimestamp(now), locksRows: false });
    return row ? toCount(row) : null;
  },
});

const toCount = ({ count, until }: Pick<Selectable<Schema['attempt_counts']>, 'count' | 'until'>): AttemptCount => ({
  count,
  until: fromTimestamp(until),
});
