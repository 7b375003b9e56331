import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import { codePoints, parseText } from './text.ts';

/** A password as it is hashed: NFKC (NIST SP 800-63B-4, section 3.1.1.2), 8 to 128 code points, not trimmed. */
export type Password = Brand<string, 'Password'>;
/** An encoded hash: algorithm, parameters, salt and digest, separated by `$`. */
export type PasswordHash = Brand<string, 'PasswordHash'>;

/** How users see their own hash: with salt and digest as asterisks, or complete. */
export type PasswordDisplay = 'masked' | 'hash';

/** The form in which a login's password is compared: no other rule applies to it. */
export const normalisePassword = (text: string): Password => text.normalize('NFKC') as Password;

/**
 * Which passwords may be set: `readme` as in the original API's README, `strict` only long ones that are hard to guess.
 */
export type PasswordPolicy = 'readme' | 'strict';

/** In code points. `strict` follows NIST SP 800-63B-4, section 3.1.1.2, for a password without a second factor. */
const minLength: Readonly<Record<PasswordPolicy, number>> = { readme: 8, strict: 15 };
const maxLength = 128;

/** Throws `InvalidValue` for a password that may not be set. */
export const parsePassword = (text: string, policy: PasswordPolicy = 'readme'): Password => {
  const password = normalisePassword(parseText(text));
  const length = codePoints(password);
  if (length < minLength[policy]) throw new InvalidValue('too_short', `Use at least ${minLength[policy]} characters.`);
  if (length > maxLength) throw new InvalidValue('too_long', `Use at most ${maxLength} characters.`);
  return password;
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
