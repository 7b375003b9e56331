import { fromSeconds, type Instant, type Seconds } from '@mentorship/domain';
import { sql } from 'kysely';
import { toTimestamp } from '../../kysely/schema/timestamp.ts';
import type { Archive } from '../archive/archive.ts';

/**
 * Ends every session in the store, with an event for its user, and deletes the signing keys. No earlier token is valid
 * then, even of a session that began after the backup. Returns how many sessions it ended.
 */
export const endAllSessions = async (
  { db }: Pick<Archive, 'db'>,
  { now, retention }: { now: Instant; retention: Seconds },
): Promise<number> => {
  const [at, until] = [toTimestamp(now), toTimestamp(now + fromSeconds(retention))];
  const { number } = await db
    .updateTable('session_end_counter')
    .set(({ eb }) => ({ number: eb('number', '+', 1) }))
    .returning('number')
    .executeTakeFirstOrThrow();
  await sql`insert into security_events (type, occurred_at, user_id, session_id, reason, count, keep_until)
    select 'session_ended', ${at}, user_id, id, 'revoked', 1, ${until} from sessions where ended_at is null`.execute(
    db,
  );
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({ ended_at: at, end_reason: 'revoked', end_number: number })
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  await db.deleteFrom('signing_keys').execute();
  return Number(numUpdatedRows);
};
