import { randomBytes } from 'node:crypto';
import type { PasswordHasher } from '@mentorship/application';
import type { PasswordHash } from '@mentorship/domain';
import { argon2id, hash, verify } from 'argon2';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 };
const saltLength = 16;
const digestLength = 32;

/** Hashes with argon2id; an encoding that it does not know matches no password. */
export const argon2PasswordHasher = (): PasswordHasher => {
  // Nobody's password: checking against it takes as long as any other check.
  const decoy = encode(randomBytes(saltLength), randomBytes(digestLength));
  return {
    async hash(password) {
      const salt = randomBytes(saltLength);
      const options = { ...cost, type: argon2id, salt, hashLength: digestLength, raw: true } as const;
      return encode(salt, await hash(password, options));
    },
    async verify(password, passwordHash) {
      const known = passwordHash?.startsWith('$argon2id$') ? passwordHash : null;
      const matches = await verify(known ?? decoy, password);
      return matches && known !== null;
    },
  };
};

/** The encoding of the reference implementation, its parameters in the reference order. */
const encode = (salt: Buffer, digest: Buffer): PasswordHash => {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const { memoryCost, timeCost, parallelism } = cost;
  const parameters = `m=${memoryCost},t=${timeCost},p=${parallelism}`;
  return `$argon2id$v=19$${parameters}$${base64(salt)}$${base64(digest)}` as PasswordHash;
};
