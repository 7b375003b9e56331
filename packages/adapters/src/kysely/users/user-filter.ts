import type { UserFilter } from '@mentorship/application';
import { prefixKey } from '@mentorship/domain';
import { type Expression, type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Placeholders } from '../engine/prepared-query.ts';
import { active } from '../mentorships/mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';

/** Sorts after every character that a username may contain. */
const lastCharacter = '\u{10ffff}';

/** The values of a filter, with `undefined` for each filter that is off. */
export const toFilter = ({ mentor, prefix, skill, accepting, hasMentor }: UserFilter, after: number | null) => ({
  after: after ?? 0,
  mentor: mentor ?? undefined,
  prefix: prefix ?? undefined,
  prefixEnd: typeof prefix === 'string' ? prefixKey(prefix) + lastCharacter : undefined,
  skill: skill ?? undefined,
  accepting: accepting === true || undefined,
  hasMentor: hasMentor ?? undefined,
});

type Filter = ReturnType<typeof toFilter>;
type Source = 'prefix' | 'mentor' | 'skill' | 'mentee' | 'id';

/** The users that a page examines. */
export type Search = Filter & {
  /** Whether so few users have the prefix that a page can examine all of them. */
  readonly byPrefix: boolean;
  /** How many users the page examines. */
  readonly examine: number;
  /** The highest id that it examines; `undefined` without a limit. */
  readonly end: number | undefined;
};

/** How many filters are on. */
export const countFilters = ({ mentor, prefix, skill, accepting, hasMentor }: Filter | Placeholders<Filter>): number =>
  [mentor, prefix, skill, accepting, hasMentor].filter((value) => value !== undefined).length;

/** The filter whose index gives the users to examine. The other filters are checked for each of these users. */
export const sourceOf = (search: Placeholders<Search> | Search): Source => {
  if (search.byPrefix) return 'prefix';
  if (search.mentor !== undefined) return 'mentor';
  if (search.skill !== undefined) return 'skill';
  return search.hasMentor === true && countFilters(search) === 1 ? 'mentee' : 'id';
};

/** The column whose index has the users of a source in the order of their ids. */
export const orderedBy: Readonly<Record<Source, string>> = {
  prefix: 'users.id',
  mentor: 'own.mentee_id',
  skill: 'user_skills.user_id',
  mentee: 'own.mentee_id',
  id: 'users.id',
};

const idOf = (db: Kysely<Schema>, name: Expression<string>) =>
  db.selectFrom('users').select('id').where('username_key', '=', name).where('ended_at', 'is', null);

/**
 * The users after an id, by ascending id, from the index of one filter. Reads the table whose index already has that
 * order, so nothing is sorted, and repeats the range for each table, because PostgreSQL does not derive it from the join.
 */
export const usersOfSource = (db: Kysely<Schema>, search: Placeholders<Search>) => {
  const { after, end, mentor, skill, prefix, prefixEnd } = search;
  const source = sourceOf(search);
  const inRange = (id: string) => {
    const above = sql<boolean>`${sql.ref(id)} > ${after}`;
    return end === undefined ? above : sql<boolean>`${above} and ${sql.ref(id)} <= ${end}`;
  };
  return db
    .selectFrom('users')
    .where(inRange('users.id'))
    .orderBy(sql.ref(orderedBy[source]))
    .$if(source === 'mentor' || source === 'mentee', (query) =>
      query.innerJoin('mentorships as own', (join) =>
        join.onRef('own.mentee_id', '=', 'users.id').on(inRange('own.mentee_id')).on('own.status', '=', active),
      ),
    )
    .$call((query) =>
      source !== 'mentor' || mentor === undefined
        ? query
        : query.where(sql.ref('own.mentor_id'), '=', idOf(db, mentor)),
    )
    .$if(source === 'skill', (query) =>
      query.innerJoin('user_skills', 'user_skills.user_id', 'users.id').where(inRange('user_skills.user_id')),
    )
    .$call((query) =>
      source !== 'skill' || skill === undefined ? query : query.where(sql.ref('user_skills.skill_key'), '=', skill),
    )
    .$call((query) =>
      source !== 'prefix' || prefix === undefined || prefixEnd === undefined
        ? query
        : query.where('users.username_key', '>=', prefix).where('users.username_key', '<', prefixEnd),
    );
};

/**
 * Whether the query finds a row, for each user that is examined. Not EXISTS: PostgreSQL turns that into a join, which
 * may read all the rows for users who are not examined.
 */
const found = (query: SelectQueryBuilder<Schema, never, { [column: string]: unknown }>) =>
  sql<boolean>`(${query.limit(1)}) is not null`;

/** Of the users that the page examines those who pass every filter, by ascending id. */
export const filteredUsers = (
  db: Kysely<Schema>,
  search: Placeholders<Search>,
  { withMentoring }: { withMentoring: boolean },
) => {
  const { examine, mentor, prefix, prefixEnd, skill, accepting, hasMentor } = search;
  const source = sourceOf(search);
  const id = sql.ref<number>('users.id');
  const own = db
    .selectFrom('mentorships as own')
    .select('own.id')
    .where('own.mentee_id', '=', id)
    .where('own.status', '=', active);
  const skills = db.selectFrom('user_skills').select('user_id').where('user_id', '=', id);
  return db
    .selectFrom(
      usersOfSource(db, search)
        // The id from the column of the order, so that SQLite knows the order. SQLite copies every column: no others.
        .select([sql.ref<number>(orderedBy[source]).as('id'), 'users.username', 'users.ended_at'])
        .$if(prefix !== undefined, (query) => query.select('users.username_key'))
        .$if(accepting === true || withMentoring, (query) =>
          query.select(['users.deactivated_at', 'users.mentor_policy', 'users.mentor_capacity', 'users.skills']),
        )
        .limit(examine)
        .as('users'),
    )
    .where('users.ended_at', 'is', null)
    .orderBy('users.id')
    .$call((query) =>
      prefix === undefined || prefixEnd === undefined || source === 'prefix'
        ? query
        : query.where('users.username_key', '>=', prefix).where('users.username_key', '<', prefixEnd),
    )
    .$call((query) =>
      mentor === undefined || source === 'mentor'
        ? query
        : query.where(found(own.where('own.mentor_id', '=', idOf(db, mentor)))),
    )
    .$call((query) =>
      skill === undefined || source === 'skill' ? query : query.where(found(skills.where('skill_key', '=', skill))),
    )
    .$if(hasMentor === true && source !== 'mentee' && source !== 'mentor', (query) => query.where(found(own)))
    .$if(hasMentor === false, (query) => query.where(({ not }) => not(found(own))))
    .$if(accepting === true, (query) =>
      query
        .where('users.deactivated_at', 'is', null)
        .where(sql<boolean>`coalesce(users.mentor_policy, '') <> 'closed'`)
        .where((eb) =>
          eb.or([eb('users.mentor_capacity', 'is', null), eb('users.mentor_capacity', '>', menteeCount(db))]),
        ),
    );
};

/** Counts the user's active mentees: for a mentor with a capacity, at most that many. */
export const menteeCount = (db: Kysely<Schema>) =>
  db
    .selectFrom('mentorships as mentee')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('mentee.mentor_id', '=', sql.ref<number>('users.id'))
    .where('mentee.status', '=', active);
