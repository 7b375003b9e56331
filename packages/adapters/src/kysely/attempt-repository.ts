import type { AttemptCount, AttemptDirectory, AttemptRepository } from '@mentorship/application';
import type { Instant } from '@mentorship/domain';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Engine } from './engine.ts';
import { fromText, toText } from './instant.ts';
import type { Schema } from './schema.ts';

/** How many counts one call of `prune` deletes at most. */
const pruneBatch = 100;

export const kyselyAttempts = (db: Kysely<Schema>, engine: Engine): AttemptRepository => ({
  async find(key, now) {
    const row = await engine.locking(present(db, key, now)).executeTakeFirst();
    return row ? toCount(row) : null;
  },

  async raise(key, by, until, now) {
    const over = sql<boolean>`attempt_counts.until <= ${toText(now)}`;
    const row = await db
      .insertInto('attempt_counts')
      .values({ key, count: by, until: toText(until) })
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          count: sql<number>`case when ${over} then excluded.count else attempt_counts.count + excluded.count end`,
          until: sql<string>`case when ${over} then excluded.until else attempt_counts.until end`,
        }),
      )
      .returning(['count', 'until'])
      .executeTakeFirstOrThrow();
    return toCount(row);
  },

  async forget(key) {
    await db.deleteFrom('attempt_counts').where('key', '=', key).execute();
  },

  async prune(now) {
    const over = await engine
      .lockingFree(
        db
          .selectFrom('attempt_counts')
          .select('key')
          .where('until', '<=', toText(now))
          .orderBy('until')
          .limit(pruneBatch),
      )
      .execute();
    const keys = over.map(({ key }) => key);
    if (keys.length > 0) await db.deleteFrom('attempt_counts').where('key', 'in', keys).execute();
    return keys.length;
  },
});

export const kyselyAttemptDirectory = (db: Kysely<Schema>): AttemptDirectory => ({
  async find(key, now) {
    const row = await present(db, key, now).executeTakeFirst();
    return row ? toCount(row) : null;
  },
});

const present = (db: Kysely<Schema>, key: string, now: Instant) =>
  db.selectFrom('attempt_counts').select(['count', 'until']).where('key', '=', key).where('until', '>', toText(now));

const toCount = ({ count, until }: Pick<Selectable<Schema['attempt_counts']>, 'count' | 'until'>): AttemptCount => ({
  count,
  until: fromText(until),
});
