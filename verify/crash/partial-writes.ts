import type { Connection } from '../../tests/support/store/stores.ts';
import type { Facts } from './ledger.ts';

const event = (type: string, of: string) =>
  `exists (select 1 from security_events e where e.type = '${type}' and e.${of})`;

/** What a write leaves when only half of it is there, and the statement that finds such rows. */
const halves: readonly [what: string, statement: string][] = [
  [
    'a mentorship that is active, completed or ended without having started, or closed without an end',
    `select id from mentorships where (status in ('active', 'completed', 'ended')) <> (started_at is not null)
       or (status in ('requested', 'active')) <> (ended_at is null) or (status = 'requested' and expires_at is null)`,
  ],
  [
    'a mentee of two',
    `select mentee_id from mentorships where status = 'active' group by mentee_id having count(*) > 1`,
  ],
  [
    'a mentorship that is open to somebody who has left',
    `select m.id from mentorships m join users u on u.id in (m.mentee_id, m.mentor_id)
       where u.ended_at is not null and m.ended_at is null`,
  ],
  [
    'a change of mentors later than the last one',
    `select m.id from mentorships m, mentor_graph g where coalesce(m.ended_at, m.started_at, '') > g.changed_at`,
  ],
  [
    'a session that has ended without a reason, a number or an event',
    `select id from sessions s where (ended_at is null) <> (end_reason is null) or (ended_at is null) <> (end_number is null)
       or (ended_at is not null and not ${event('session_ended', 'session_id = s.id')})`,
  ],
  [
    'an end of a session that was not counted',
    `select s.id from sessions s, session_end_counter c where s.end_number > c.number`,
  ],
  [
    'a session that nobody has logged in to, or the other way round',
    `select id from sessions s where not ${event('logged_in', 'session_id = s.id')}
       union all select session_id from security_events where type = 'logged_in'
       and session_id not in (select id from sessions)`,
  ],
  [
    'a user whose registration, login or end is not noted',
    `select id from users u where not ${event('registered', 'user_id = u.id')}
       or (ended_at is not null) <> ${event('account_ended', 'user_id = u.id')}
       or (last_login_at is null and ended_at is null and exists (select 1 from sessions s where s.user_id = u.id))`,
  ],
  [
    'a session, a skill or a network of nobody',
    `select user_id from sessions where user_id not in (select id from users)
       union all select user_id from user_skills where user_id not in (select id from users)
       union all select user_id from user_networks where user_id not in (select id from users)`,
  ],
];

/** What is half there, whoever wrote it; and loops of mentors. */
export const findHalves = async ({ query }: Connection, facts: Facts): Promise<string[]> => {
  const found: string[] = [];
  for (const [what, statement] of halves)
    found.push(...(await query(statement)).map((row) => `${what}: ${JSON.stringify(row)}`));
  for (const [fact] of facts) {
    const [name, username = ''] = fact.split(' ');
    const shown = (JSON.parse(facts.get(`skills ${username}`) ?? '[]') as string[]).toSorted().join();
    if (name === 'user' && shown !== (facts.get(`keys ${username}`) ?? ''))
      found.push(`skills that are shown and skills that are searched: ${username}`);
  }
  const links = await query(`select mentee_id, mentor_id from mentorships where status = 'active'`);
  return [...found, ...loopsIn(new Map(links.map((link) => [Number(link.mentee_id), Number(link.mentor_id)])))];
};

const loopsIn = (mentorOf: ReadonlyMap<number, number>): string[] =>
  [...mentorOf.keys()].flatMap((start) => {
    let above = mentorOf.get(start);
    for (let steps = 0; above !== undefined && above !== start && steps < mentorOf.size; steps++)
      above = mentorOf.get(above);
    return above === start ? [`a loop of mentors: user ${start}`] : [];
  });
