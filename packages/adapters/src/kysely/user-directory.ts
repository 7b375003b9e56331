import type { UserDirectory } from '@mentorship/application';
import type { Email, PasswordHash, Phone, UserId, Username } from '@mentorship/domain';
import type { Expression, ExpressionBuilder, Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export const kyselyUserDirectory = (db: Kysely<Schema>): UserDirectory => ({
  async list({ after, limit, mentor }) {
    const rows = await (
      mentor === null
        ? db.selectFrom('users').select((eb) => ['users.id', 'users.username', mentorUsername(eb, eb.ref('users.id'))])
        : db
            .selectFrom('users as mentor')
            .innerJoin('mentorships', 'mentorships.mentor_id', 'mentor.id')
            .innerJoin('users', 'users.id', 'mentorships.mentee_id')
            .select(['users.id', 'users.username', 'mentor.username as mentor_username'])
            .where('mentor.username_key', '=', mentor)
            .where('mentorships.ended_at', 'is', null)
    )
      .where('users.ended_at', 'is', null)
      .where('users.id', '>', after ?? 0)
      .orderBy('users.id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: row.id as UserId,
      username: row.username as Username,
      mentorUsername: row.mentor_username as Username | null,
    }));
  },

  async detail(id, menteeLimit) {
    const rows = await db
      .selectFrom('users')
      .leftJoin('mentorships', (join) =>
        join.onRef('mentorships.mentor_id', '=', 'users.id').on('mentorships.ended_at', 'is', null),
      )
      .leftJoin('users as mentee', 'mentee.id', 'mentorships.mentee_id')
      .select((eb) => [
        'users.username',
        'users.email',
        'users.phone',
        'users.password_hash',
        mentorUsername(eb, eb.ref('users.id')),
        'mentee.id as mentee_id',
        'mentee.username as mentee_username',
      ])
      .where('users.id', '=', id)
      .where('users.ended_at', 'is', null)
      .orderBy('mentorships.mentee_id')
      .limit(menteeLimit)
      .execute();
    const [user] = rows;
    if (!user) return null;
    return {
      id,
      username: user.username as Username,
      email: user.email as Email | null,
      phone: user.phone as Phone | null,
      passwordHash: user.password_hash as PasswordHash,
      mentorUsername: user.mentor_username as Username | null,
      mentees: rows.flatMap(({ mentee_id, mentee_username }) =>
        mentee_id === null ? [] : [{ id: mentee_id as UserId, username: mentee_username as Username }],
      ),
    };
  },

  async credentials(name, network) {
    const row = await db
      // A row also when nobody has the name.
      .selectFrom(db.selectNoFrom(({ lit }) => lit(1).as('one')).as('always'))
      .leftJoin('users', (join) => join.on('users.username_key', '=', name).on('users.ended_at', 'is', null))
      .leftJoin('user_networks', (join) =>
        join.onRef('user_networks.user_id', '=', 'users.id').on('user_networks.network', '=', network),
      )
      .select(({ selectFrom, fn }) => [
        'users.id',
        'users.password_hash',
        'user_networks.network',
        selectFrom('users')
          .select(fn.max('pbkdf2_iterations').as('slowest'))
          .where('pbkdf2_iterations', 'is not', null)
          .as('slowest'),
      ])
      .executeTakeFirstOrThrow();
    const { id, password_hash: hash, slowest } = row;
    return {
      account:
        id === null || hash === null
          ? null
          : { id: id as UserId, passwordHash: hash as PasswordHash, knownNetwork: row.network !== null },
      slowestHash: slowest,
    };
  },
});

/** The name of a mentee's mentor: a scalar subquery, which SQLite answers several times as fast as a join. */
const mentorUsername = (eb: ExpressionBuilder<Schema, 'users'>, mentee: Expression<number>) =>
  eb
    .selectFrom('mentorships as link')
    .innerJoin('users as mentor', 'mentor.id', 'link.mentor_id')
    .select('mentor.username')
    .where('link.mentee_id', '=', mentee)
    .where('link.ended_at', 'is', null)
    .as('mentor_username');
