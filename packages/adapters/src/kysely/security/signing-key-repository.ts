import type { SigningKeyDirectory, SigningKeyRepository } from '@mentorship/application';
import type { Kysely, Selectable } from 'kysely';
import { fromTimestamp, toTimestamp } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQuery, type Placeholders } from '../engine/prepared-query.ts';

type Row = Selectable<Schema['signing_keys']>;

const publish = preparedQuery((db, row: Placeholders<Row>) =>
  db
    .insertInto('signing_keys')
    .values(row)
    .onConflict((conflict) => conflict.column('kid').doNothing()),
);

const prune = preparedQuery((db, { expiredBefore }: Placeholders<{ expiredBefore: string }>) =>
  db.deleteFrom('signing_keys').where('expires_at', '<', expiredBefore).returning('kid'),
);

const list = preparedQuery((db) => db.selectFrom('signing_keys').selectAll());

export const kyselySigningKeys = (db: Kysely<Schema>): SigningKeyRepository => ({
  async publish(key) {
    await publish(db, {
      kid: key.kid,
      public_key: key.publicKey,
      created_at: toTimestamp(key.createdAt),
      expires_at: toTimestamp(key.expiresAt),
    });
  },

  async prune(expiredBefore) {
    const deleted = await prune(db, { expiredBefore: toTimestamp(expiredBefore) });
    return deleted.length;
  },
});

export const kyselySigningKeyDirectory = (db: Kysely<Schema>): SigningKeyDirectory => ({
  async list() {
    const rows = await list(db, {});
    return rows.map((row) => ({
      kid: row.kid,
      publicKey: row.public_key,
      createdAt: fromTimestamp(row.created_at),
      expiresAt: fromTimestamp(row.expires_at),
    }));
  },
});
