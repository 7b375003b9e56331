import { sql } from 'kysely';
import { type Check, queryCheck, rowsThat } from './check.ts';

const number = sql`(select number from session_end_counter)`;

export const sessionChecks: readonly Check[] = [
  queryCheck(
    'a session that has ended has its reason and its number',
    rowsThat('sessions', sql`'session ' || id`, {
      'has an end without a reason, or the other way round': sql`(ended_at is null) <> (end_reason is null)`,
      'has an end without a number, or the other way round': sql`(ended_at is null) <> (end_number is null)`,
      'has a number that was not given out': sql`end_number < 1 or end_number > ${number}`,
    }),
  ),
  queryCheck(
    'nobody is logged in whose account is deactivated',
    sql`select 'user ' || user_id || ' has the open session ' || sessions.id as wrong from sessions
      join users on users.id = user_id where sessions.ended_at is null and deactivated_at is not null`,
  ),
];
