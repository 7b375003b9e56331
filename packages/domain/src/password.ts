import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import { codePoints, isOverlong, parseText, requireBounded } from './text.ts';

/** A password as it is hashed: NFKC (NIST SP 800-63B-4, section 3.1.1.2), 8 to 128 code points, not trimmed. */
export type Password = Brand<string, 'Password'>;
/** An encoded hash: algorithm, parameters, salt and digest, separated by `$`. */
export type PasswordHash = Brand<string, 'PasswordHash'>;

/** How users see their own hash: with salt and digest as asterisks, or complete. */
export type PasswordDisplay = 'masked' | 'hash';

/** The form in which a login's password is compared: no other rule applies to it. */
export const normalisePassword = (text: string): Password =>
  (isOverlong(text, maxLength) ? unusedPassword : text.normalize('NFKC')) as Password;

/** Stands for overlong text, which matches no hash: no password has a NUL. */
const unusedPassword = '\0';

/**
 * Which passwords may be set: `readme` as in the original API's README, `strict` only long ones that are hard to guess.
 */
export type PasswordPolicy = 'readme' | 'strict';

/** In code points. `strict` follows NIST SP 800-63B-4, section 3.1.1.2, for a password without a second factor. */
const minLength: Readonly<Record<PasswordPolicy, number>> = { readme: 8, strict: 15 };
const maxLength = 128;

/** Throws `InvalidValue` for a password that may not be set. */
export const parsePassword = (text: string, policy: PasswordPolicy = 'readme'): Password => {
  const password = normalisePassword(requireBounded(parseText(text), maxLength));
  const length = codePoints(password);
  if (length < minLength[policy]) throw new InvalidValue('too_short', `Use at least ${minLength[policy]} characters.`);
  if (length > maxLength) throw new InvalidValue('too_long', `Use at most ${maxLength} characters.`);
  return password;
};

/** The largest number of iterations that a login may take: about half a second of one core. */
export const maxPbkdf2Iterations = 1_500_000;

/** argon2id with up to 256 MiB, 16 passes and 16 lanes, a salt of 8 to 48 bytes and a digest of 12 to 64 (RFC 9106). */
const argon2Encoding =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,5}),t=([1-9]|1[0-6]),p=([1-9]|1[0-6])\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,86}$/;
const maxArgon2Memory = 262_144;

/** Django's PBKDF2 with SHA-256. */
const pbkdf2Encoding = /^pbkdf2_sha256\$([1-9]\d{0,6})\$[^$\s]{1,128}\$[A-Za-z0-9+/]{43}=$/;

/**
 * The algorithm of an encoded hash whose whole text and parameters are in bounds; null for any other text, which matches
 * no password. A hash is never trusted by its prefix: it comes from a database that others may have written.
 */
export const hashAlgorithm = (hash: string): 'argon2id' | 'pbkdf2_sha256' | null => {
  const [, memory, , lanes] = argon2Encoding.exec(hash)?.map(Number) ?? [];
  // Eight KiB for each lane are the least (RFC 9106, section 3.1): libargon2 fails with fewer.
  if (memory !== undefined && lanes !== undefined && memory >= 8 * lanes && memory <= maxArgon2Memory)
    return 'argon2id';
  return Number(pbkdf2Encoding.exec(hash)?.[1]) <= maxPbkdf2Iterations ? 'pbkdf2_sha256' : null;
};

/** The iterations of a hash in Django's PBKDF2 encoding, as the original API stored it; null for any other hash. */
export const pbkdf2Iterations = (hash: string): number | null => {
  const iterations = /^pbkdf2_sha256\$(\d{1,9})\$/.exec(hash)?.[1];
  return iterations === undefined ? null : Number(iterations);
};

/**
 * Whether the text is an encoded hash, complete or masked. As a new password it is an outdated detail sent back by
 * mistake.
 */
export const isEncodedHash = (text: string): boolean =>
  /^(\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+|pbkdf2_sha256\$\d+)\$/.test(text);

/**
 * The hash as its owner sees it. Masked (`$argon2id$v=19$m=19456,t=2,p=1$********`) it shows the algorithm and is
 * useless to a thief.
 */
export const showPasswordHash = (hash: PasswordHash, display: PasswordDisplay): string =>
  display === 'hash' ? hash : `${hash.split('$').slice(0, -2).join('$')}$********`;
