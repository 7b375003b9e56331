import type { UserFilter } from '@mentorship/application';
import { prefixKey } from '@mentorship/domain';
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { active } from '../mentorships/mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';

/** Comes after every character that a name can have. */
const last = '\u{10ffff}';

/** A filter as a statement takes it: what is absent narrows nothing. */
export const toFilterValues = (
  { mentor, prefix, skill, accepting = false, hasMentor }: UserFilter,
  after: number | null,
) => ({
  after: after ?? 0,
  mentor: mentor ?? undefined,
  prefix: prefix ?? undefined,
  prefixEnd: typeof prefix === 'string' ? prefixKey(prefix) + last : undefined,
  skill: skill ?? undefined,
  accepting,
  hasMentor: hasMentor ?? undefined,
});

/**
 * The users with a larger id who pass every filter, by ascending id: told by the table whose index has them in that
 * order, so that none is sorted. Each index is told where to begin: PostgreSQL does not see it from the equal id.
 */
export const filteredUsers = (
  db: Kysely<Schema>,
  { after, mentor, prefix, prefixEnd, skill, accepting, hasMentor }: ReturnType<typeof toFilterValues>,
) => {
  const joined = mentor !== undefined || hasMentor === true;
  const ordering = joined ? 'own.mentee_id' : 'users.id';
  return db
    .selectFrom('users')
    .where('users.ended_at', 'is', null)
    .where('users.id', '>', after)
    .orderBy(sql.ref(skill === undefined ? ordering : 'user_skills.user_id'))
    .$if(joined, (query) =>
      query.innerJoin('mentorships as own', (join) =>
        join.onRef('own.mentee_id', '=', 'users.id').on('own.mentee_id', '>', after).on('own.status', '=', active),
      ),
    )
    .$if(mentor !== undefined, (query) =>
      query.where(
        sql.ref('own.mentor_id'),
        '=',
        db
          .selectFrom('users')
          .select('id')
          .where('username_key', '=', mentor as string)
          .where('ended_at', 'is', null),
      ),
    )
    .$if(hasMentor === false, (query) =>
      query.where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('mentorships as own')
              .select('own.id')
              .whereRef('own.mentee_id', '=', 'users.id')
              .where('own.mentee_id', '>', after)
              .where('own.status', '=', active),
          ),
        ),
      ),
    )
    .$if(skill !== undefined, (query) =>
      query
        .innerJoin('user_skills', 'user_skills.user_id', 'users.id')
        .where(sql.ref('user_skills.skill_key'), '=', skill)
        .where(sql.ref('user_skills.user_id'), '>', after),
    )
    .$if(prefix !== undefined, (query) =>
      query.where('users.username_key', '>=', prefix as string).where('users.username_key', '<', prefixEnd as string),
    )
    .$if(accepting, (query) =>
      query
        // Word for word as the index has it.
        .where(sql<boolean>`(users.mentor_policy is null or users.mentor_policy <> 'closed')`)
        .where((eb) =>
          eb.or([eb('users.mentor_capacity', 'is', null), eb('users.mentor_capacity', '>', menteeCount(eb))]),
        ),
    );
};

/** How many active mentees the user has: of a mentor with a capacity, never more than that. */
export const menteeCount = (eb: ExpressionBuilder<Schema, 'users'>) =>
  eb
    .selectFrom('mentorships as mentee')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .whereRef('mentee.mentor_id', '=', 'users.id')
    .where('mentee.status', '=', active);
