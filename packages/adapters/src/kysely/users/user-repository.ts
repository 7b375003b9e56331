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
import { type Kysely, type Selectable, sql } from 'kysely';
import { fromText, toText } from '../schema/timestamp.ts';
import { indexSkills, toProfile, toProfileValues } from './mentor-profile.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, preparedQuery } from '../engine/prepared-query.ts';
import { kyselyUserEnding } from '../user-ending.ts';
import { recordNetwork } from './known-networks.ts';

type Row = Selectable<Schema['users']>;
type NewRow = Pick<Row, 'username' | 'username_key' | 'email' | 'phone' | 'password_hash' | 'created_at'>;

const add = preparedQuery((db, row: NewRow) =>
  db
    .insertInto('users')
    .values(row)
    .onConflict((conflict) => conflict.column('username_key').doNothing())
    .returning('id'),
);

const byName = preparedQuery((db, { name }: { name: string }) =>
  db.selectFrom('users').selectAll().where('username_key', '=', name).where('ended_at', 'is', null),
);

const byId = preparedQuery((db, { id }: { id: number }) =>
  db.selectFrom('users').selectAll().where('id', '=', id).where('ended_at', 'is', null),
);

type Absent<Values> = { [Key in keyof Values]: Values[Key] | undefined };
type Changes = Absent<Pick<Row, 'email' | 'phone'> & { password_hash: string }> & ReturnType<typeof toProfileValues>;

const change = preparedQueryByShape(
  (db, { id, verified, keepsPolicy, ...columns }: Changes & { id: number; verified: string | undefined }) =>
    db
      .updateTable('users')
      // Also where nothing else changes the row is taken, so that no other transaction changes what was verified.
      .set(({ ref }) => ({
        username: ref('username'),
        ...columns,
        ...(keepsPolicy && { mentor_policy: sql<string>`coalesce(mentor_policy, 'open')` }),
      }))
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .$if(verified !== undefined, (query) => query.where('password_hash', '=', verified ?? ''))
      .returning('id'),
);

type Login = { id: number; verified: string; rehashed: string | undefined; at: string };

const recordLogin = preparedQueryByShape((db, { id, verified, rehashed, at }: Login) =>
  db
    .updateTable('users')
    .set({ last_login_at: at, password_hash: rehashed })
    .where('id', '=', id)
    .where('password_hash', '=', verified)
    .where('ended_at', 'is', null)
    .where('deactivated_at', 'is', null)
    .returning('id'),
);

export const kyselyUsers = (db: Kysely<Schema>): UserRepository => ({
  async add(user) {
    const [row] = await add(db, {
      username: user.username,
      username_key: usernameKey(user.username),
      email: user.email,
      phone: user.phone,
      password_hash: user.passwordHash,
      created_at: toText(user.createdAt),
    });
    return row ? { ...user, id: row.id as UserId, deactivatedAt: null, profile: null } : null;
  },

  async find(name) {
    const [row] = await byName(db, { name });
    return row ? toUser(row) : null;
  },

  async findById(id) {
    const [row] = await byId(db, { id });
    return row ? toUser(row) : null;
  },

  async change(id, { email, phone, passwordHash, ...profile }, verified) {
    const changes = { email, phone, password_hash: passwordHash, ...toProfileValues(profile) };
    const [changed] = await change(db, { id, verified: verified ?? undefined, ...changes });
    if (changed && profile.skills) await indexSkills(db, id, profile.skills);
    return changed !== undefined;
  },

  async recordLogin({ id, verified, rehashed, network, at }) {
    const [row] = await recordLogin(db, { id, verified, rehashed: rehashed ?? undefined, at: toText(at) });
    if (row && network !== null) await recordNetwork(db, id, network, toText(at));
    return row !== undefined;
  },

  ...kyselyUserEnding(db),
});

const toUser = (row: Row): User => ({
  id: row.id as UserId,
  username: row.username as Username,
  email: row.email as Email | null,
  phone: row.phone as Phone | null,
  passwordHash: row.password_hash as PasswordHash,
  createdAt: fromText(row.created_at),
  deactivatedAt: row.deactivated_at === null ? null : fromText(row.deactivated_at),
  profile: toProfile(row),
});
