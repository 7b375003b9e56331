import type { SigningKeyRepository } from '@mentorship/application';
import type { Journal, Tables } from './tables.ts';

export const memorySigningKeys = ({ signingKeys }: Tables, journal: Journal): SigningKeyRepository => ({
  async publish(key) {
    if (!signingKeys.has(key.kid)) journal.put(signingKeys, key.kid, { ...key });
  },

  async prune(expiredBefore) {
    for (const key of signingKeys.values()) if (key.expiresAt < expiredBefore) journal.remove(signingKeys, key.kid);
  },
});
