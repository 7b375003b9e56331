import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type PasswordHash, pbkdf2Iterations } from '@mentorship/domain';

const derive = promisify(pbkdf2);

/** Whether the password, as typed, matches Django's `pbkdf2_sha256$<iterations>$<salt>$<base64 digest>`. */
export const verifyPbkdf2 = async (typed: string, hash: PasswordHash): Promise<boolean> => {
  const [, , salt = '', encoded = ''] = hash.split('$');
  const digest = Buffer.from(encoded, 'base64');
  const derived = await derive(typed, salt, pbkdf2Iterations(hash) ?? 1, digest.length || 32, 'sha256');
  return derived.length === digest.length && timingSafeEqual(derived, digest);
};

/** Spends the time of that many iterations, so that every failed check takes equally long. */
export const wastePbkdf2 = async (iterations: number): Promise<void> => {
  if (iterations > 0) await derive('', '', iterations, 32, 'sha256');
};
