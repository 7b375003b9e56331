import type { SigningKeyRepository } from '@mentorship/application';
import type { Journal, Tables } from './tables.ts';

export const memorySigningKeys = ({ signingKeys }: Tables, journal: Journal): SigningKeyRepository => ({
  async publish(key) {
    if (!signingKeys.has(key.kid)) journal.put(signingKeys, key.kid, { ...key });
  },

  async prune(expiredBefore) {
    const expired = [...signingKeys.values()].filter(({ expiresAt }) => expiresAt < expiredBefore);
    for (const { kid } of expired) journal.remove(signingKeys, kid);
    return expired.length;
  },
});
