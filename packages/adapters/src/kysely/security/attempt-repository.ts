import type { AttemptCount, AttemptDirectory, AttemptRepository } from '@mentorship/application';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { fromText, toText } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQueryByShape, preparedQuery } from '../engine/prepared-query.ts';

/** How many counts one call of `prune` deletes at most. */
const pruneBatch = 100;

const present = preparedQueryByShape((db, { key, now, locksRows }: { key: string; now: string; locksRows: boolean }) =>
  db
    .selectFrom('attempt_counts')
    .select(['count', 'until'])
    .where('key', '=', key)
    .where('until', '>', now)
    .$if(locksRows, (query) => query.forUpdate()),
);

const raise = preparedQuery((db, { key, by, until, now }: { key: string; by: number; until: string; now: string }) => {
  const over = sql<boolean>`attempt_counts.until <= ${now}`;
  return db
    .insertInto('attempt_counts')
    .values({ key, count: by, until })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        count: sql<number>`case when ${over} then excluded.count else attempt_counts.count + excluded.count end`,
        until: sql<string>`case when ${over} then excluded.until else attempt_counts.until end`,
      }),
    )
    .returning(['count', 'until']);
});

const forget = preparedQuery((db, { key }: { key: string }) => db.deleteFrom('attempt_counts').where('key', '=', key));

/** Those that nobody else is clearing away: nobody waits for it. */
const over = preparedQueryByShape((db, { now, locksRows }: { now: string; locksRows: boolean }) =>
  db
    .selectFrom('attempt_counts')
    .select('key')
    .where('until', '<=', now)
    .orderBy('until')
    .limit(pruneBatch)
    .$if(locksRows, (query) => query.forUpdate().skipLocked()),
);

export const kyselyAttempts = (db: Kysely<Schema>, { locksRows }: Engine): AttemptRepository => ({
  async find(key, now) {
    const [row] = await present(db, { key, now: toText(now), locksRows });
    return row ? toCount(row) : null;
  },

  async raise(key, by, until, now) {
    return toCount(only(await raise(db, { key, by, until: toText(until), now: toText(now) })));
  },

  async forget(key) {
    await forget(db, { key });
  },

  async prune(now) {
    const keys = (await over(db, { now: toText(now), locksRows })).map(({ key }) => key);
    if (keys.length > 0) await db.deleteFrom('attempt_counts').where('key', 'in', keys).execute();
    return keys.length;
  },
});

export const kyselyAttemptDirectory = (db: Kysely<Schema>): AttemptDirectory => ({
  async find(key, now) {
    const [row] = await present(db, { key, now: toText(now), locksRows: false });
    return row ? toCount(row) : null;
  },
});

const toCount = ({ count, until }: Pick<Selectable<Schema['attempt_counts']>, 'count' | 'until'>): AttemptCount => ({
  count,
  until: fromText(until),
});
