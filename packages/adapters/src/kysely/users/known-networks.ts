import { maxRememberedNetworks, type UserId } from '@mentorship/domain';
import type { Kysely } from 'kysely';
import type { Schema } from '../schema/schema.ts';
import { preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

/** Remembers the network of a login or of the registration. */
export const noteNetwork = preparedQuery(
  (db, { userId, network, at }: Placeholders<{ userId: number; network: string; at: string }>) =>
    db
      .insertInto('user_networks')
      .values({ user_id: userId, network, last_login_at: at })
      .onConflict((conflict) => conflict.columns(['user_id', 'network']).doUpdateSet({ last_login_at: at })),
);

const forgetOldest = preparedQuery((db, { userId }: Placeholders<{ userId: number }>) => {
  const oldestKept = db
    .selectFrom('user_networks')
    .select('last_login_at')
    .where('user_id', '=', userId)
    .orderBy('last_login_at', 'desc')
    .offset(maxRememberedNetworks - 1)
    .limit(1);
  return db.deleteFrom('user_networks').where('user_id', '=', userId).where('last_login_at', '<', oldestKept);
});

export const forgetNetworks = preparedQuery((db, { userId }: Placeholders<{ userId: number }>) =>
  db.deleteFrom('user_networks').where('user_id', '=', userId),
);

/** Remembers the network of a login, and forgets the oldest beyond `maxRememberedNetworks`. */
export const recordNetwork = async (db: Kysely<Schema>, userId: UserId, network: string, at: string): Promise<void> => {
  await noteNetwork(db, { userId, network, at });
  await forgetOldest(db, { userId });
};
