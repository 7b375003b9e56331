import type { UserRepository } from '@mentorship/application';
import {
  type Email,
  type PasswordHash,
  type Phone,
  type User,
  type UserId,
  type Username,
  usernameKey,
} from '@mentorship/domain';
import type { Kysely, Selectable } from 'kysely';
import { fromText, toText } from './instant.ts';
import type { Schema } from './schema.ts';

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
    return row ? { ...user, id: row.id as UserId } : null;
  },

  async find(name) {
    const row = await db.selectFrom('users').selectAll().where('username_key', '=', name).executeTakeFirst();
    return row ? toUser(row) : null;
  },

  async change(id, { email, phone, passwordHash }) {
    const changes = {
      ...(email !== undefined && { email }),
      ...(phone !== undefined && { phone }),
      ...(passwordHash !== undefined && { password_hash: passwordHash }),
    };
    if (Object.keys(changes).length > 0) await db.updateTable('users').set(changes).where('id', '=', id).execute();
  },

  async recordLogin(id, verified, at) {
    const row = await db
      .updateTable('users')
      .set({ last_login_at: toText(at) })
      .where('id', '=', id)
      .where('password_hash', '=', verified)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  },
});

const toUser = (row: Selectable<Schema['users']>): User => ({
  id: row.id as UserId,
  username: row.username as Username,
  email: row.email as Email | null,
  phone: row.phone as Phone | null,
  passwordHash: row.password_hash as PasswordHash,
  createdAt: fromText(row.created_at),
});
