import type { UserRepository } from '@mentorship/application';
import { pseudonym, usernameKey } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import { toText } from './schema/timestamp.ts';
import { indexSkills, noProfile } from './users/mentor-profile.ts';
import type { Schema } from './schema/schema.ts';
import { preparedQueryByShape, preparedQuery } from './engine/prepared-query.ts';
import { forgetNetworks } from './users/known-networks.ts';

/** Writes since when the account is deactivated, if it is active now, or is not. */
const changeActive = preparedQueryByShape(
  (db, { id, active, deactivatedAt }: { id: number; active: boolean; deactivatedAt: string | null }) =>
    db
      .updateTable('users')
      .set({ deactivated_at: deactivatedAt })
      .where('id', '=', id)
      .where('deactivated_at', active ? 'is' : 'is not', null)
      .where('ended_at', 'is', null)
      .returning('id'),
);

type Erasure = { id: number; verified: string; at: string; name: string; key: string };

const erase = preparedQuery((db, { id, verified, at, name, key }: Erasure) =>
  db
    .updateTable('users')
    .set({ username: name, username_key: key, email: null, phone: null, ended_at: at })
    .set({ password_hash: '', last_login_at: null, ...noProfile })
    .where('id', '=', id)
    .where('password_hash', '=', verified)
    .where('ended_at', 'is', null)
    .returning('id'),
);

/** What ends an account, for a time or for good. */
export const kyselyUserEnding = (db: Kysely<Schema>): Pick<UserRepository, 'deactivate' | 'activate' | 'erase'> => ({
  async deactivate(id, at) {
    const changed = await changeActive(db, { id, active: true, deactivatedAt: toText(at) });
    return changed.length > 0;
  },

  async activate(id) {
    const changed = await changeActive(db, { id, active: false, deactivatedAt: null });
    return changed.length > 0;
  },

  async erase(id, verified, at) {
    const name = pseudonym(id);
    const [row] = await erase(db, { id, verified, at: toText(at), name, key: usernameKey(name) });
    if (!row) return false;
    await forgetNetworks(db, { userId: id });
    await indexSkills(db, id, []);
    return true;
  },
});
