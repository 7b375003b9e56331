import type { UserRepository } from '@mentorship/application';
import {
  type Email,
  type PasswordHash,
  type Phone,
  pseudonym,
  type User,
  type UserId,
  type Username,
  usernameKey,
} from '@mentorship/domain';
import type { Kysely, Selectable } from 'kysely';
import { fromText, toText } from './instant.ts';
import { indexSkills, noProfile, profileChanges, toProfile } from './mentor-profiles.ts';
import type { Schema } from './schema.ts';
import { recordNetwork } from './user-networks.ts';

export const kyselyUsers = (db: Kysely<Schema>): UserRepository => ({
  async add(user) {
    const row = await db
      .insertInto('users')
      .values({
        username: user.username,
        username_key: usernameKey(user.username),
        email: user.email,
        phone: user.phone,
        password_hash: user.passwordHash,
        created_at: toText(user.createdAt),
      })
      .onConflict((conflict) => conflict.column('username_key').doNothing())
      .returning('id')
      .executeTakeFirst();
    return row ? { ...user, id: row.id as UserId, deactivatedAt: null, profile: null } : null;
  },

  async find(name) {
    const row = await db
      .selectFrom('users')
      .selectAll()
      .where('username_key', '=', name)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return row ? toUser(row) : null;
  },

  async findById(id) {
    const row = await db
      .selectFrom('users')
      .selectAll()
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return row ? toUser(row) : null;
  },

  async change(id, { email, phone, passwordHash, ...profile }, verified = null) {
    const changes = {
      ...(email !== undefined && { email }),
      ...(phone !== undefined && { phone }),
      ...(passwordHash !== undefined && { password_hash: passwordHash }),
      ...profileChanges(profile),
    };
    const changed = await db
      .updateTable('users')
      // Also where nothing else changes the row is taken, so that no other transaction changes what was verified.
      .set(({ ref }) => ({ username: ref('username'), ...changes }))
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .$if(verified !== null, (query) => query.where('password_hash', '=', verified ?? ''))
      .returning('id')
      .executeTakeFirst();
    if (changed && profile.skills) await indexSkills(db, id, profile.skills);
    return changed !== undefined;
  },

  async recordLogin({ id, verified, rehashed, network, at }) {
    const row = await db
      .updateTable('users')
      .set({ last_login_at: toText(at), ...(rehashed && { password_hash: rehashed }) })
      .where('id', '=', id)
      .where('password_hash', '=', verified)
      .where('ended_at', 'is', null)
      .where('deactivated_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (row && network !== null) await recordNetwork(db, id, network, toText(at));
    return row !== undefined;
  },

  deactivate: (id, at) => changeActive(db, id, 'is', toText(at)),

  activate: (id) => changeActive(db, id, 'is not', null),

  async erase(id, verified, at) {
    const name = pseudonym(id);
    const row = await db
      .updateTable('users')
      .set({ username: name, username_key: usernameKey(name), email: null, phone: null, ended_at: toText(at) })
      .set({ password_hash: '', last_login_at: null, ...noProfile })
      .where('id', '=', id)
      .where('password_hash', '=', verified)
      .where('ended_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!row) return false;
    await db.deleteFrom('user_networks').where('user_id', '=', id).execute();
    await indexSkills(db, id, []);
    return true;
  },
});

/** Writes since when the account is deactivated, if that is null now, or is not. */
const changeActive = async (
  db: Kysely<Schema>,
  id: UserId,
  now: 'is' | 'is not',
  deactivatedAt: string | null,
): Promise<boolean> => {
  const row = await db
    .updateTable('users')
    .set({ deactivated_at: deactivatedAt })
    .where('id', '=', id)
    .where('deactivated_at', now, null)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
};

const toUser = (row: Selectable<Schema['users']>): User => ({
  id: row.id as UserId,
  username: row.username as Username,
  email: row.email as Email | null,
  phone: row.phone as Phone | null,
  passwordHash: row.password_hash as PasswordHash,
  createdAt: fromText(row.created_at),
  deactivatedAt: row.deactivated_at === null ? null : fromText(row.deactivated_at),
  profile: toProfile(row),
});
