import type { MentorshipRepository } from '@mentorship/application';
import type { Kysely } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import { type Placeholders, preparedQueryByShape } from '../engine/prepared-query.ts';
import type { Schema } from '../schema/schema.ts';
import { toTimestamp } from '../schema/timestamp.ts';
import { hasWords, withoutWords } from './mentorship-words.ts';

/** From how many requests one call of `pruneMessages` erases the messages. */
const maxPruned = 100;

/**
 * Requests that came to nothing by then: closed ones, or overdue ones that are stored as open. Skips those that another
 * transaction is changing, so that none waits for the other.
 */
const oldRequests = preparedQueryByShape(
  (db, { by, isOverdue, locksRows }: Placeholders<{ by: string; isOverdue: boolean; locksRows: boolean }>) =>
    db
      .selectFrom('mentorships')
      .select('id')
      .where('started_at', 'is', null)
      .where(hasWords)
      .$if(isOverdue, (query) => query.where('ended_at', 'is', null).where('expires_at', '<=', by))
      .$if(!isOverdue, (query) => query.where('ended_at', '<=', by))
      .limit(maxPruned)
      .$if(locksRows, (query) => query.forUpdate().skipLocked()),
);

export const kyselyMessagePruning = (
  db: Kysely<Schema>,
  { locksRows }: Pick<Engine, 'locksRows'>,
): Pick<MentorshipRepository, 'pruneMessages'> => ({
  async pruneMessages(by) {
    const old = { by: toTimestamp(by), locksRows };
    const closed = await oldRequests(db, { ...old, isOverdue: false });
    const ids = [...closed, ...(await oldRequests(db, { ...old, isOverdue: true }))].map(({ id }) => id);
    if (ids.length > 0) await db.updateTable('mentorships').set(withoutWords).where('id', 'in', ids).execute();
    return ids.length;
  },
});
