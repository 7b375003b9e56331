import { sql } from 'kysely';
import { type Check, queryCheck, rowsThat } from './check.ts';

const lastNumber = sql`(select number from session_end_counter)`;

export const sessionChecks: readonly Check[] = [
  queryCheck(
    'ended sessions have a reason and a number',
    rowsThat('sessions', sql`'session ' || id`, {
      'has an end without a reason, or a reason without an end': sql`(ended_at is null) <> (end_reason is null)`,
      'has an end without a number, or a number without an end': sql`(ended_at is null) <> (end_number is null)`,
      'has a number that was never assigned': sql`end_number < 1 or end_number > ${lastNumber}`,
    }),
  ),
  queryCheck(
    'deactivated accounts have no open sessions',
    sql`select 'user ' || user_id || ' has the open session ' || sessions.id as wrong from sessions
      join users on users.id = user_id where sessions.ended_at is null and deactivated_at is not null`,
  ),
];
