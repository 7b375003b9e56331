import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type PasswordHash, pbkdf2Iterations } from '@mentorship/domain';

const derive = promisify(pbkdf2);

/** Django's `pbkdf2_sha256$<iterations>$<salt>$<base64 digest>`: whether the password, as it was typed, is the hash's. */
export const verifyPbkdf2 = async (typed: string, hash: PasswordHash): Promise<boolean> => {
  const [, , salt = '', encoded = ''] = hash.split('$');
  const digest = Buffer.from(encoded, 'base64');
  const derived = await derive(typed, salt, pbkdf2Iterations(hash) ?? 1, digest.length || 32, 'sha256');
  return derived.length === digest.length && timingSafeEqual(derived, digest);
};

/** Does the work of that many iterations for nothing. */
export const wastePbkdf2 = async (iterations: number): Promise<void> => {
  if (iterations > 0) await derive('', '', iterations, 32, 'sha256');
};
