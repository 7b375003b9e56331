import { maxExamined, type UserDetail, type UserDirectory, type UserListEntry } from '@mentorship/application';
import {
  type Email,
  type MentorPolicy,
  type PasswordHash,
  type Phone,
  defaultProfile,
  type UserId,
  type Username,
} from '@mentorship/domain';
import { type Kysely, sql } from 'kysely';
import { toProfile } from './mentor-profile.ts';
import { toSkills } from './stored-skills.ts';
import { active } from '../mentorships/mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';
import { findCredentials } from './credentials.ts';
import { filteredUsers, menteeCount, type Search } from './user-filter.ts';
import { boundSearch } from './user-search.ts';

/** The username of a mentee's mentor: a scalar subquery, which SQLite answers several times as fast as a join. */
const mentorUsername = (db: Kysely<Schema>) =>
  db
    .selectFrom('mentorships as link')
    .innerJoin('users as mentor', 'mentor.id', 'link.mentor_id')
    .select('mentor.username')
    .where('link.mentee_id', '=', sql.ref<number>('users.id'))
    .where('link.status', '=', active);

type Page = Search & { limit: number; withMentoring: boolean };

const page = preparedQueryByShape((db, { limit, withMentoring, ...search }: Placeholders<Page>) =>
  filteredUsers(db, search, { withMentoring })
    // The names of the port's type: the rows are returned as they are read.
    .select(['users.id', 'users.username', mentorUsername(db).as('mentorUsername')])
    .$if(withMentoring, (query) =>
      query.select([
        'users.mentor_policy',
        'users.skills',
        sql<number | string | null>`case when users.mentor_capacity is not null
          then users.mentor_capacity - ${menteeCount(db)} end`.as('free_places'),
      ]),
    )
    .limit(limit),
);

const detail = preparedQuery((db, { id, menteeLimit }: Placeholders<{ id: number; menteeLimit: number }>) =>
  db
    .selectFrom('users')
    // Limits the mentees before the join: PostgreSQL would join all of them to their usernames first.
    .leftJoin(
      (eb) =>
        eb
          .selectFrom('mentorships')
          .select(['mentor_id', 'mentee_id'])
          .where('mentor_id', '=', id)
          .where('status', '=', active)
          .orderBy('mentee_id')
          .limit(menteeLimit)
          .as('mentees'),
      (join) => join.onRef('mentees.mentor_id', '=', 'users.id'),
    )
    .leftJoin('users as mentee', 'mentee.id', 'mentees.mentee_id')
    .select([
      'users.username',
      'users.email',
      'users.phone',
      'users.password_hash',
      'users.mentor_policy',
      'users.mentor_capacity',
      'users.bio',
      'users.skills',
      mentorUsername(db).as('mentor_username'),
      'mentee.id as mentee_id',
      'mentee.username as mentee_username',
    ])
    .where('users.id', '=', id)
    .where('users.ended_at', 'is', null)
    .orderBy('mentees.mentee_id'),
);

const byName = preparedQuery((db, { name }: Placeholders<{ name: string }>) =>
  db.selectFrom('users').select(['id', 'username']).where('username_key', '=', name).where('ended_at', 'is', null),
);

/** A user as shown in the detail, with at most `menteeLimit` mentees. */
export const findDetail = async (db: Kysely<Schema>, id: UserId, menteeLimit: number): Promise<UserDetail | null> => {
  const rows = await detail(db, { id, menteeLimit });
  const [user] = rows;
  if (!user) return null;
  return {
    id,
    username: user.username as Username,
    email: user.email as Email | null,
    phone: user.phone as Phone | null,
    passwordHash: user.password_hash as PasswordHash,
    mentorUsername: user.mentor_username as Username | null,
    profile: toProfile(user),
    mentees: user.mentee_id === null ? [] : rows.map(toMentee),
  };
};

export const kyselyUserDirectory = (db: Kysely<Schema>): UserDirectory => ({
  async list({ limit, examine = maxExamined, withMentoring = false, ...filter }) {
    // One row more tells whether there is a next page.
    const size = { limit: limit + 1, withMentoring };
    const { search, findNext } = await boundSearch(db, { ...filter, examine, limit: size.limit });
    const rows = await page(db, { ...search, ...size });
    const found = rows.slice(0, limit);
    const next = rows.length > limit ? found.at(-1)?.id : await findNext();
    return {
      users: withMentoring ? found.map(toFullEntry) : (found as UserListEntry[]),
      next: (next ?? null) as UserId | null,
    };
  },
  detail: (id, menteeLimit) => findDetail(db, id, menteeLimit),

  async find(name) {
    const [row] = await byName(db, { name });
    return row ? { id: row.id as UserId, username: row.username as Username } : null;
  },

  credentials: (name, network) => findCredentials(db, name, network),
});

type PageRow = Awaited<ReturnType<typeof page>>[number];
type DetailRow = Awaited<ReturnType<typeof detail>>[number];

const toFullEntry = ({ mentor_policy, free_places, skills, ...entry }: PageRow): UserListEntry => ({
  ...(entry as UserListEntry),
  mentoring: {
    mentorPolicy: (mentor_policy ?? defaultProfile.mentorPolicy) as MentorPolicy,
    freePlaces: free_places === undefined || free_places === null ? null : Number(free_places),
    skills: toSkills(skills ?? null),
  },
});

const toMentee = (row: DetailRow) => ({ id: row.mentee_id as UserId, username: row.mentee_username as Username });
