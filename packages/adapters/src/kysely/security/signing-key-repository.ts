import type { SigningKeyDirectory, SigningKeyRepository } from '@mentorship/application';
import type { Kysely, Selectable } from 'kysely';
import { fromText, toText } from '../schema/timestamp.ts';
import type { Schema } from '../schema/schema.ts';
import { preparedQuery } from '../engine/prepared-query.ts';

type Row = Selectable<Schema['signing_keys']>;

const publish = preparedQuery((db, row: Row) =>
  db
    .insertInto('signing_keys')
    .values(row)
    .onConflict((conflict) => conflict.column('kid').doNothing()),
);

const prune = preparedQuery((db, { expiredBefore }: { expiredBefore: string }) =>
  db.deleteFrom('signing_keys').where('expires_at', '<', expiredBefore).returning('kid'),
);

const list = preparedQuery((db) => db.selectFrom('signing_keys').selectAll());

export const kyselySigningKeys = (db: Kysely<Schema>): SigningKeyRepository => ({
  async publish(key) {
    await publish(db, {
      kid: key.kid,
      public_key: key.publicKey,
      created_at: toText(key.createdAt),
      expires_at: toText(key.expiresAt),
    });
  },

  async prune(expiredBefore) {
    const deleted = await prune(db, { expiredBefore: toText(expiredBefore) });
    return deleted.length;
  },
});

export const kyselySigningKeyDirectory = (db: Kysely<Schema>): SigningKeyDirectory => ({
  async list() {
    const rows = await list(db, {});
    return rows.map((row) => ({
      kid: row.kid,
      publicKey: row.public_key,
      createdAt: fromText(row.created_at),
      expiresAt: fromText(row.expires_at),
    }));
  },
});
