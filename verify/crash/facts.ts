import type { Facts } from './ledger.ts';
import type { Connection } from '../../tests/support/store/stores.ts';

/** The SQL of each fact: `subject` and `value`. */
const statements: Readonly<Record<string, string>> = {
  user: `select username as subject, 'there' as value from users where ended_at is null`,
  email: `select username as subject, email as value from users where ended_at is null`,
  phone: `select username as subject, phone as value from users where ended_at is null`,
  bio: `select username as subject, bio as value from users where ended_at is null`,
  skills: `select username as subject, skills as value from users where ended_at is null`,
  keys: `select u.username as subject, s.skill_key as value from user_skills s join users u on u.id = s.user_id
    order by s.skill_key`,
  sessions: `select u.username as subject, case when s.ended_at is null then 'open' else 'ended' end as value
    from sessions s join users u on u.id = s.user_id where u.ended_at is null order by 2 desc`,
  mentor: `select e.username as subject, r.username as value from mentorships m
    join users e on e.id = m.mentee_id join users r on r.id = m.mentor_id where m.status = 'active'`,
  pair: `select e.username || ' ' || r.username as subject, m.status as value from mentorships m
    join users e on e.id = m.mentee_id join users r on r.id = m.mentor_id
    where e.ended_at is null and r.ended_at is null order by m.id`,
};

/** Several rows of one subject become one fact, a list. */
export const readFacts = async ({ query }: Connection): Promise<Facts> => {
  const facts: Facts = new Map();
  for (const [name, statement] of Object.entries(statements))
    for (const { subject, value } of await query(statement)) {
      if (typeof value !== 'string') continue;
      const fact = `${name} ${String(subject)}`;
      const before = facts.get(fact);
      facts.set(fact, before === undefined ? value : `${before},${value}`);
    }
  return facts;
};
