import type { UserId } from '@mentorship/domain';
import { day, hour, now } from '../records.ts';
import type { Database } from './stores.ts';

const people = 5000;

/** Two users of the crowd. The first has mentees, requests and past mentorships. */
/** Keys of counts: as many as one attempt of a stranger counts under. */
export const counted = Array.from({ length: 8 }, (_, at) => `key${at + 7}`);

export const [someone, another] = [105 as UserId, 50 as UserId];

const [longAgo, present, later] = [now - 30 * day, now, now + hour].map((at) => `'${new Date(at).toISOString()}'`);

/** The expiry: a few rows have expired. */
const end = `case when i <= 3 then ${longAgo} else ${later} end`;

/** Adds 5,000 users, most with a mentor, past mentorships and skills: enough that no query should read all of them. */
export const addCrowd = async (name: 'sqlite' | 'postgres', { query }: Database): Promise<void> => {
  for (const statement of rows(numbers[name])) await query(statement);
  // The service never gathers statistics on SQLite, so its planner has none here either.
  if (name === 'postgres') await query('vacuum analyze');
};

const numbers = {
  sqlite: `(with recursive n(i) as (select 1 union all select i + 1 from n where i < ${people}) select i from n) as n`,
  postgres: `generate_series(1, ${people}) as n(i)`,
};

const rows = (numbers: string): string[] => [
  `insert into users (username, username_key, password_hash, created_at, mentor_policy, mentor_capacity)
   select 'user' || i, 'user' || i, '$hash', ${present}, case i % 7 when 0 then 'closed' when 1 then 'open' end,
     case when i % 3 = 0 then i % 4 end from ${numbers}`,
  ...[30, 70].map(
    (skills) =>
      `insert into user_skills (skill_key, user_id) select 'skill' || (i % ${skills}) || '/${skills}', i from ${numbers}`,
  ),
  `insert into user_networks (user_id, network, last_login_at) select i, '192.0.2.1', ${present} from ${numbers}`,
  `insert into mentorships (mentee_id, mentor_id, status, requested_by, created_at, started_at, version)
   select i, i / 10 + 1, 'active', 'mentee', ${present}, ${present}, 2 from ${numbers} where i > 10 and i % 3 > 0`,
  ...[1, 2].map(
    (round) => `insert into mentorships
       (mentee_id, mentor_id, status, requested_by, created_at, started_at, ended_at, version)
     select i, (i * 7 + ${round}) % ${people} + 1, 'ended', 'mentee', ${present}, ${present}, ${later}, 3 from ${numbers}
     where i <> (i * 7 + ${round}) % ${people} + 1`,
  ),
  `insert into mentorships (mentee_id, mentor_id, status, requested_by, created_at, expires_at, version)
   select i, i % 100 + 101, 'requested', 'mentee', ${present}, ${later}, 1 from ${numbers} where i <> i % 100 + 101`,
  `insert into mentorships (mentee_id, mentor_id, status, requested_by, message, created_at, expires_at, ended_at, version)
   select i, i + 1, 'declined', 'mentee', 'Please.', ${longAgo}, ${longAgo}, ${end}, 2 from ${numbers} where i <= 100`,
  ...[1, 2, 3].map(
    (round) => `insert into sessions (id, user_id, created_at, last_used_at, expires_at, access_until)
     select i || '/${round}', i, ${present}, ${present}, ${end}, ${end} from ${numbers}`,
  ),
  `insert into sessions
     (id, user_id, created_at, last_used_at, expires_at, access_until, ended_at, end_reason, end_number)
   select i || '/ended', i, ${present}, ${present}, ${later}, ${later}, ${present}, 'logout', i from ${numbers}`,
  `update session_end_counter set number = ${people}`,
  ...[1, 2, 3].map(
    () => `insert into security_events (type, occurred_at, user_id, count, keep_until)
     select 'logged_in', ${present}, i, 1, ${end} from ${numbers}`,
  ),
  `insert into attempt_counts (key, count, until) select 'key' || i, 1, ${end} from ${numbers}`,
];
