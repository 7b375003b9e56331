import { closingReasons, hashAlgorithm, skillKey, type UserId, pseudonym, usernameKey } from '@mentorship/domain';
import { type Selectable, sql } from 'kysely';
import type { Schema } from '../../kysely/schema/schema.ts';
import type { Archive } from '../archive/archive.ts';
import { type Check, queryCheck, rowsThat } from './check.ts';

type Users = readonly Selectable<Schema['users']>[];

const pageSize = 1000;

/** A check that needs the rules of the domain, and so reads every user, page by page. */
const userCheck = (title: string, findIn: (users: Users, db: Archive['db']) => Promise<string[]>): Check => ({
  title,
  async find({ db }) {
    const wrong: string[] = [];
    for (let after = 0; ;) {
      const users = await db
        .selectFrom('users')
        .selectAll()
        .where('id', '>', after)
        .orderBy('id')
        .limit(pageSize)
        .execute();
      wrong.push(...(await findIn(users, db)));
      const last = users.at(-1);
      if (last === undefined || wrong.length > pageSize) return wrong;
      after = last.id;
    }
  },
});

/** Returns the keys of the skills in a profile; null when they cannot be read. */
const profileKeys = (skills: string | null): string | null => {
  try {
    const shown: unknown = JSON.parse(skills ?? '[]');
    return Array.isArray(shown) ? JSON.stringify(shown.map((skill) => skillKey(String(skill))).toSorted()) : null;
  } catch {
    return null;
  }
};

/** Other texts are kept from an import, and match no password on purpose. */
const claimsAlgorithm = /^(pbkdf2_sha256|\$argon2id)\$/;

const endedUser = sql`exists (select 1 from users where ended_at is not null and id in (mentee_id, mentor_id))`;
const ofEnded = sql`exists (select 1 from users where ended_at is not null and id = user_id)`;
const name = sql`'the ended account ' || user_id`;

export const accountChecks: readonly Check[] = [
  userCheck('usernames have the right key', async (users) =>
    users
      .filter(({ username, username_key }) => username_key !== usernameKey(username))
      .map(({ id, username, username_key }) => `user ${id}, ${username}, has the key ${username_key}`),
  ),
  userCheck('users are found by the skills in their profile', async (users, db) => {
    const [first, last] = [users[0], users.at(-1)];
    if (!first || !last) return [];
    const rows = await db
      .selectFrom('user_skills')
      .selectAll()
      .where('user_id', '>=', first.id)
      .where('user_id', '<=', last.id)
      .execute();
    const found = Map.groupBy(rows, ({ user_id }) => user_id);
    return users
      .filter(({ id, skills }) => {
        const keys = (found.get(id) ?? []).map(({ skill_key }) => skill_key).toSorted();
        return profileKeys(skills) !== JSON.stringify(keys);
      })
      .map(({ id }) => `user ${id} is found by other skills than their profile has`);
  }),
  userCheck('passwords can be checked', async (users) =>
    users
      .filter(({ password_hash }) => claimsAlgorithm.test(password_hash) && hashAlgorithm(password_hash) === null)
      .map(({ id }) => `user ${id} has a damaged or too costly password hash. Reset the password.`),
  ),
  userCheck('ended accounts have a pseudonym', async (users) =>
    users
      .filter(({ id, username, ended_at }) => ended_at !== null && username !== pseudonym(id as UserId))
      .map(({ id, username }) => `user ${id} is called ${username}`),
  ),
  queryCheck(
    'ended accounts keep no personal data',
    sql.join(
      [
        rowsThat('users', sql`'the ended account ' || id`, {
          'has personal data': sql`ended_at is not null and (password_hash <> '' or coalesce(email, phone, last_login_at,
            bio, skills, mentor_policy, cast(mentor_capacity as text)) is not null)`,
        }),
        rowsThat('user_networks', name, { 'has networks': ofEnded }),
        rowsThat('user_skills', name, { 'has skills': ofEnded }),
        rowsThat('sessions', name, {
          'has an open session': sql`ended_at is null and ${ofEnded}`,
          'has sessions with an address': sql`coalesce(ip, user_agent) is not null and ${ofEnded}`,
        }),
        rowsThat('mentorships', sql`'mentorship ' || id || ' of an ended account'`, {
          'is still open': sql`ended_at is null and ${endedUser}`,
          'has a message or reason': sql`(message is not null or reason not in (${sql.join(closingReasons.map((reason) => sql.lit(reason)))})) and ${endedUser}`,
        }),
      ],
      sql` union all `,
    ),
  ),
];
