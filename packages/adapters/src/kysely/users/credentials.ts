import type { Credentials } from '@mentorship/application';
import type { PasswordHash, UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import { only, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

const credentials = preparedQuery((db, { name, network }: Placeholders<{ name: string; network: string | null }>) =>
  db
    // Starts from a constant row, so that a row comes back even if no user has this name.
    .selectFrom(db.selectNoFrom(({ lit }) => lit(1).as('one')).as('always'))
    .leftJoin('users', (join) => join.on('users.username_key', '=', name).on('users.ended_at', 'is', null))
    .leftJoin('user_networks', (join) =>
      join.onRef('user_networks.user_id', '=', 'users.id').on('user_networks.network', '=', network),
    )
    .select(({ selectFrom, fn }) => [
      'users.id',
      'users.password_hash',
      'users.deactivated_at',
      'user_networks.network',
      selectFrom('users')
        .select(fn.max('pbkdf2_iterations').as('slowest'))
        .where('pbkdf2_iterations', 'is not', null)
        .as('slowest'),
    ]),
);

export const findCredentials = async (
  db: Kysely<Schema>,
  name: string,
  network: string | null,
): Promise<Credentials> => {
  const row = only(await credentials(db, { name, network }));
  const { id, slowest } = row;
  const passwordHash = row.deactivated_at === null ? (row.password_hash as PasswordHash | null) : null;
  return {
    account: id === null ? null : { id: id as UserId, passwordHash, knownNetwork: row.network !== null },
    slowestHash: slowest,
  };
};
