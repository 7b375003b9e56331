import type { SigningKeyDirectory, SigningKeyRepository } from '@mentorship/application';
import type { Kysely } from 'kysely';
import { fromText, toText } from './instant.ts';
import type { Schema } from './schema.ts';

export const kyselySigningKeys = (db: Kysely<Schema>): SigningKeyRepository => ({
  async publish(key) {
    await db
      .insertInto('signing_keys')
      .values({
        kid: key.kid,
        public_key: key.publicKey,
        created_at: toText(key.createdAt),
        expires_at: toText(key.expiresAt),
      })
      .onConflict((conflict) => conflict.column('kid').doNothing())
      .execute();
  },

  async prune(expiredBefore) {
    const deleted = await db
      .deleteFrom('signing_keys')
      .where('expires_at', '<', toText(expiredBefore))
      .returning('kid')
      .execute();
    return deleted.length;
  },
});

export const kyselySigningKeyDirectory = (db: Kysely<Schema>): SigningKeyDirectory => ({
  async list() {
    const rows = await db.selectFrom('signing_keys').selectAll().execute();
    return rows.map((row) => ({
      kid: row.kid,
      publicKey: row.public_key,
      createdAt: fromText(row.created_at),
      expiresAt: fromText(row.expires_at),
    }));
  },
});
