import { hashAlgorithm, type PasswordHash } from '@mentorship/domain';
import type { AccountChange } from './imported-account.ts';

/** The prefixes of the hashes that our password hasher tries to verify. */
const verifiedPrefix = /^(pbkdf2_sha256\$|\$argon2id\$)/;

/** In UTF-16 code units: Django's own hashes have a third of it. */
const maxHashLength = 400;

/** Django's prefix for a hash that matches no password. */
const unusablePrefix = '!';

/** Returns the hash to store, and a change when no password matches it. The change names the algorithm only, never the hash. */
export const keepHash = (text: string | null): { hash: PasswordHash; changes: readonly AccountChange[] } => {
  const hash = text ?? '';
  if (hashAlgorithm(hash) === 'pbkdf2_sha256') return { hash: hash as PasswordHash, changes: [] };
  const storable = hash.length <= maxHashLength && hash.isWellFormed() && !hash.includes('\0');
  const needsPrefix = !storable || hash === '' || verifiedPrefix.test(hash);
  const kept = needsPrefix ? unusablePrefix + (storable ? hash : '') : hash;
  const algorithm = /^[\w!]{1,32}(?=\$)/.exec(hash)?.[0] ?? null;
  return { hash: kept as PasswordHash, changes: [{ what: 'password_unusable', from: algorithm, to: null }] };
};
