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
import { type Kysely, type Selectable, sql } from 'kysely';
import { fromNullableTimestamp, fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import { indexSkills, noProfile, toProfile, toProfileValues } from './mentor-profile.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQueryByShape, preparedQuery, type Placeholders } from '../engine/prepared-query.ts';
import { findDetail } from './user-directory.ts';
import { forgetNetworks, noteNetwork, recordNetwork } from './known-networks.ts';

type Row = Selectable<Schema['users']>;
type NewRow = Pick<Row, 'username' | 'username_key' | 'email' | 'phone' | 'password_hash' | 'created_at'>;

const add = preparedQuery((db, row: Placeholders<NewRow>) =>
  db
    .insertInto('users')
    .values(row)
    .onConflict((conflict) => conflict.column('username_key').doNothing())
    .returning('id'),
);

const byName = preparedQuery((db, { name }: Placeholders<{ name: string }>) =>
  db.selectFrom('users').selectAll().where('username_key', '=', name).where('ended_at', 'is', null),
);

const byId = preparedQuery((db, { id }: Placeholders<{ id: number }>) =>
  db.selectFrom('users').selectAll().where('id', '=', id).where('ended_at', 'is', null),
);

type Optional<Values> = { [Key in keyof Values]: Values[Key] | undefined };
type Changes = Optional<Pick<Row, 'email' | 'phone'> & { password_hash: string }> & ReturnType<typeof toProfileValues>;

const change = preparedQueryByShape(
  (
    db,
    { id, verified, keepsPolicy, ...columns }: Placeholders<Changes & { id: number; verified: string | undefined }>,
  ) =>
    db
      .updateTable('users')
      // Writes the row even if nothing changes: its lock keeps other transactions from changing the verified hash.
      .set(({ ref }) => ({
        username: ref('username'),
        ...columns,
        ...(keepsPolicy && { mentor_policy: sql<string>`coalesce(mentor_policy, 'open')` }),
      }))
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .$call((query) => (verified === undefined ? query : query.where('password_hash', '=', verified)))
      .returning('id'),
);

type Login = { id: number; verified: string; rehashed: string | undefined; at: string };

const recordLogin = preparedQueryByShape((db, { id, verified, rehashed, at }: Placeholders<Login>) =>
  db
    .updateTable('users')
    .set({ last_login_at: at, password_hash: rehashed })
    .where('id', '=', id)
    .where('password_hash', '=', verified)
    .where('ended_at', 'is', null)
    .where('deactivated_at', 'is', null)
    .returning('id'),
);

/** Deactivates an active account, or activates a deactivated one. */
const changeActive = preparedQueryByShape(
  (db, { id, active, deactivatedAt }: Placeholders<{ id: number; active: boolean; deactivatedAt: string | null }>) =>
    db
      .updateTable('users')
      .set({ deactivated_at: deactivatedAt })
      .where('id', '=', id)
      .where('deactivated_at', active ? 'is' : 'is not', null)
      .where('ended_at', 'is', null)
      .returning('id'),
);

type Erasure = { id: number; verified: string; at: string; name: string; key: string };

const erase = preparedQuery((db, { id, verified, at, name, key }: Placeholders<Erasure>) =>
  db
    .updateTable('users')
    .set({ username: name, username_key: key, email: null, phone: null, ended_at: at })
    .set({ password_hash: '', last_login_at: null, ...noProfile })
    .where('id', '=', id)
    .where('password_hash', '=', verified)
    .where('ended_at', 'is', null)
    .returning('id'),
);

export const kyselyUsers = (db: Kysely<Schema>): UserRepository => ({
  async add(user, network = null) {
    const [row] = await add(db, {
      username: user.username,
      username_key: usernameKey(user.username),
      email: user.email,
      phone: user.phone,
      password_hash: user.passwordHash,
      created_at: toTimestamp(user.createdAt),
    });
    if (row && network !== null) await noteNetwork(db, { userId: row.id, network, at: toTimestamp(user.createdAt) });
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

  detail: (id, menteeLimit) => findDetail(db, id, menteeLimit),

  async change(id, { email, phone, passwordHash, ...profile }, verified) {
    const changes = { email, phone, password_hash: passwordHash, ...toProfileValues(profile) };
    const [changed] = await change(db, { id, verified: verified ?? undefined, ...changes });
    if (changed && profile.skills) await indexSkills(db, id, profile.skills);
    return changed !== undefined;
  },

  async recordLogin({ id, verified, rehashed, network, at }) {
    const [row] = await recordLogin(db, { id, verified, rehashed: rehashed ?? undefined, at: toTimestamp(at) });
    if (row && network !== null) await recordNetwork(db, id, network, toTimestamp(at));
    return row !== undefined;
  },

  async deactivate(id, at) {
    const changed = await changeActive(db, { id, active: true, deactivatedAt: toTimestamp(at) });
    return changed.length > 0;
  },

  async activate(id) {
    const changed = await changeActive(db, { id, active: false, deactivatedAt: null });
    return changed.length > 0;
  },

  async erase(id, verified, at) {
    const name = pseudonym(id);
    const [row] = await erase(db, { id, verified, at: toTimestamp(at), name, key: usernameKey(name) });
    if (!row) return false;
    await forgetNetworks(db, { userId: id });
    await indexSkills(db, id, []);
    return true;
  },
});

const toUser = (row: Row): User => ({
  id: row.id as UserId,
  username: row.username as Username,
  email: row.email as Email | null,
  phone: row.phone as Phone | null,
  passwordHash: row.password_hash as PasswordHash,
  createdAt: fromTimestamp(row.created_at),
  deactivatedAt: fromNullableTimestamp(row.deactivated_at),
  profile: toProfile(row),
});
