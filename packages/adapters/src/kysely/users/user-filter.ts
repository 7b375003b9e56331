import type { UserFilter } from '@mentorship/application';
import { prefixKey } from '@mentorship/domain';
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { Placeholders } from '../engine/prepared-query.ts';
import { active } from '../mentorships/mentorship-rows.ts';
import type { Schema } from '../schema/schema.ts';

/** Sorts after every character that a username may contain. */
const lastCharacter = '\u{10ffff}';

/** The values of a filter, with `undefined` for each filter that is off. */
export const toFilterValues = (
  { mentor, prefix, skill, accepting = false, hasMentor }: UserFilter,
  after: number | null,
) => ({
  after: after ?? 0,
  mentor: mentor ?? undefined,
  prefix: prefix ?? undefined,
  prefixEnd: typeof prefix === 'string' ? prefixKey(prefix) + lastCharacter : undefined,
  skill: skill ?? undefined,
  accepting,
  hasMentor: hasMentor ?? undefined,
});

/**
 * The users after this id who pass every filter, by ascending id. Each query reads the table whose index already has that
 * order, so nothing is sorted, and repeats `after` for each table, because PostgreSQL does not derive it from the join.
 */
export const filteredUsers = (
  db: Kysely<Schema>,
  { after, mentor, prefix, prefixEnd, skill, accepting, hasMentor }: Placeholders<ReturnType<typeof toFilterValues>>,
) => {
  const joinsMentorship = mentor !== undefined || hasMentor === true;
  const ordering = joinsMentorship ? 'own.mentee_id' : 'users.id';
  return db
    .selectFrom('users')
    .where('users.ended_at', 'is', null)
    .where('users.id', '>', after)
    .orderBy(sql.ref(skill === undefined ? ordering : 'user_skills.user_id'))
    .$if(joinsMentorship, (query) =>
      query.innerJoin('mentorships as own', (join) =>
        join.onRef('own.mentee_id', '=', 'users.id').on('own.mentee_id', '>', after).on('own.status', '=', active),
      ),
    )
    .$call((query) =>
      mentor === undefined
        ? query
        : query.where(
            sql.ref('own.mentor_id'),
            '=',
            db.selectFrom('users').select('id').where('username_key', '=', mentor).where('ended_at', 'is', null),
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
    .$call((query) => (skill === undefined ? query : query.where(sql.ref('user_skills.skill_key'), '=', skill)))
    .$if(skill !== undefined, (query) =>
      query.innerJoin('user_skills', 'user_skills.user_id', 'users.id').where('user_skills.user_id', '>', after),
    )
    .$call((query) =>
      prefix === undefined || prefixEnd === undefined
        ? query
        : query.where('users.username_key', '>=', prefix).where('users.username_key', '<', prefixEnd),
    )
    .$if(accepting, (query) =>
      query
        .where('users.deactivated_at', 'is', null)
        // Exactly as the partial index has it, else the databases do not use that index.
        .where(sql<boolean>`(users.mentor_policy is null or users.mentor_policy <> 'closed')`)
        .where((eb) =>
          eb.or([eb('users.mentor_capacity', 'is', null), eb('users.mentor_capacity', '>', menteeCount(eb))]),
        ),
    );
};

/** Counts the user's active mentees: for a mentor with a capacity, at most that many. */
export const menteeCount = (eb: ExpressionBuilder<Schema, 'users'>) =>
  eb
    .selectFrom('mentorships as mentee')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .whereRef('mentee.mentor_id', '=', 'users.id')
    .where('mentee.status', '=', active);
