import type { Connection } from '../../tests/support/store/stores.ts';
import type { Facts } from './ledger.ts';

const event = (type: string, of: string) =>
  `exists (select 1 from security_events e where e.type = '${type}' and e.${of})`;

/** The traces of partial writes, and the SQL that finds them. */
const traces: readonly [what: string, statement: string][] = [
  [
    'a mentorship that is active, completed or ended without a start, or closed without an end',
    `select id from mentorships where (status in ('active', 'completed', 'ended')) <> (started_at is not null)
       or (status in ('requested', 'active')) <> (ended_at is null) or (status = 'requested' and expires_at is null)`,
  ],
  [
    'a mentee with two mentors',
    `select mentee_id from mentorships where status = 'active' group by mentee_id having count(*) > 1`,
  ],
  [
    'an open mentorship of a deleted account',
    `select m.id from mentorships m join users u on u.id in (m.mentee_id, m.mentor_id)
       where u.ended_at is not null and m.ended_at is null`,
  ],
  [
    'a change of a mentorship after the last recorded one',
    `select m.id from mentorships m, mentor_graph g where coalesce(m.ended_at, m.started_at, '') > g.changed_at`,
  ],
  [
    'a session that ended without a reason, a number or an event',
    `select id from sessions s where (ended_at is null) <> (end_reason is null) or (ended_at is null) <> (end_number is null)
       or (ended_at is not null and not ${event('session_ended', 'session_id = s.id')})`,
  ],
  [
    'a session end that was not counted',
    `select s.id from sessions s, session_end_counter c where s.end_number > c.number`,
  ],
  [
    'a session without a login event, or a login event without a session',
    `select id from sessions s where not ${event('logged_in', 'session_id = s.id')}
       union all select session_id from security_events where type = 'logged_in'
       and session_id not in (select id from sessions)`,
  ],
  [
    'a user without an event for registration, login or deletion',
    `select id from users u where not ${event('registered', 'user_id = u.id')}
       or (ended_at is not null) <> ${event('account_ended', 'user_id = u.id')}
       or (last_login_at is null and ended_at is null and exists (select 1 from sessions s where s.user_id = u.id))`,
  ],
  [
    'a session, a skill or a network without a user',
    `select user_id from sessions where user_id not in (select id from users)
       union all select user_id from user_skills where user_id not in (select id from users)
       union all select user_id from user_networks where user_id not in (select id from users)`,
  ],
];

/** Finds the traces of partial writes, and mentor loops. */
export const findPartialWrites = async ({ query }: Connection, facts: Facts): Promise<string[]> => {
  const found: string[] = [];
  for (const [what, statement] of traces)
    found.push(...(await query(statement)).map((row) => `${what}: ${JSON.stringify(row)}`));
  for (const [fact] of facts) {
    const [name, username = ''] = fact.split(' ');
    const shown = (JSON.parse(facts.get(`skills ${username}`) ?? '[]') as string[]).toSorted().join();
    if (name === 'user' && shown !== (facts.get(`keys ${username}`) ?? ''))
      found.push(`the shown skills differ from the searchable skills: ${username}`);
  }
  const links = await query(`select mentee_id, mentor_id from mentorships where status = 'active'`);
  return [...found, ...loopsIn(new Map(links.map((link) => [Number(link.mentee_id), Number(link.mentor_id)])))];
};

const loopsIn = (mentorOf: ReadonlyMap<number, number>): string[] =>
  [...mentorOf.keys()].flatMap((start) => {
    let above = mentorOf.get(start);
    for (let steps = 0; above !== undefined && above !== start && steps < mentorOf.size; steps++)
      above = mentorOf.get(above);
    return above === start ? [`a mentor loop: user ${start}`] : [];
  });
