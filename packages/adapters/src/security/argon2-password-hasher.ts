import { randomBytes } from 'node:crypto';
import type { PasswordHasher } from '@mentorship/application';
import {
  hashAlgorithm,
  maxPbkdf2Iterations,
  normalisePassword,
  type PasswordHash,
  pbkdf2Iterations,
} from '@mentorship/domain';
import { argon2id, hash, needsRehash, verify } from 'argon2';
import { verifyPbkdf2, wastePbkdf2 } from './django-pbkdf2.ts';
import { createHashingQueue, type HashingLimits, type HashingQueue } from './hashing-queue.ts';

/** The cost of a hash: memory in KiB, passes and lanes. */
export interface HashCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const recommendedCost: HashCost = { memoryCost: 19456, timeCost: 2, parallelism: 1 };
const saltLength = 16;
const digestLength = 32;

/** A hasher that reports how many hashes run and wait. */
export type QueuedPasswordHasher = PasswordHasher & Pick<HashingQueue, 'load'>;

/** Hashes with argon2id, and also verifies the PBKDF2 hashes of the original. No password matches any other encoding. */
export const argon2PasswordHasher = (limits: HashingLimits, cost: HashCost = recommendedCost): QueuedPasswordHasher => {
  // No account has this hash. A check against it takes as long as a check against a real one.
  const decoy = encode(cost, randomBytes(saltLength), randomBytes(digestLength));
  const hashingQueue = createHashingQueue(limits);

  /** A failed check does the work of an argon2id check and of `slowest` PBKDF2 iterations, whatever the hash is. */
  const check = async (typed: string, passwordHash: PasswordHash | null, slowest: number): Promise<boolean> => {
    const algorithm = passwordHash === null ? null : hashAlgorithm(passwordHash);
    const password = normalisePassword(typed);
    if (passwordHash !== null && algorithm === 'pbkdf2_sha256') {
      if (await verifyPbkdf2(typed, passwordHash)) return true;
      await verify(decoy, password);
      await wastePbkdf2(slowest - (pbkdf2Iterations(passwordHash) ?? 0));
      return false;
    }
    const known = algorithm === 'argon2id' ? passwordHash : null;
    const matches = await verify(known ?? decoy, password);
    if (matches && known !== null) return true;
    await wastePbkdf2(slowest);
    return false;
  };

  return {
    hash: (password) =>
      hashingQueue.run(async () => {
        const salt = randomBytes(saltLength);
        const options = { ...cost, type: argon2id, salt, hashLength: digestLength, raw: true } as const;
        return encode(cost, salt, await hash(password, options));
      }, 'other'),
    verify: (typed, passwordHash, { slowest, admit, confirms = false }) =>
      hashingQueue.run(
        async () => {
          await admit?.();
          return check(typed, passwordHash, Math.min(slowest ?? 0, maxPbkdf2Iterations));
        },
        confirms ? 'other' : 'login',
      ),
    isCurrent: (passwordHash) => hashAlgorithm(passwordHash) === 'argon2id' && !needsRehash(passwordHash, cost),
    load: hashingQueue.load,
  };
};

/** The encoding of the reference implementation, with the parameters in its order. */
const encode = ({ memoryCost, timeCost, parallelism }: HashCost, salt: Buffer, digest: Buffer): PasswordHash => {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const parameters = `m=${memoryCost},t=${timeCost},p=${parallelism}`;
  return `$argon2id$v=19$${parameters}$${base64(salt)}$${base64(digest)}` as PasswordHash;
};
