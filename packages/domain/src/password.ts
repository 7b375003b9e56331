import type { Brand } from './brand.ts';
import { InvalidValue } from './failure.ts';
import { codePoints, parseText } from './text.ts';

/** A password in the form that is hashed: NFKC (NIST SP 800-63B-4, section 3.1.1.2), 8 to 128 code points, never trimmed. */
export type Password = Brand<string, 'Password'>;
/** An encoded hash with its algorithm, parameters, salt and digest, split by `$`. */
export type PasswordHash = Brand<string, 'PasswordHash'>;

/** How much of one's own hash the detail shows: salt and digest as asterisks, or all of it. */
export type PasswordDisplay = 'masked' | 'hash';

/** The form in which a password is compared at login, where no rule but the match applies. */
export const normalisePassword = (text: string): Password => text.normalize('NFKC') as Password;

/** Which passwords may be set: those of the original's README, or those that are long and hard to guess. */
export type PasswordPolicy = 'readme' | 'strict';

/** Of strict: NIST SP 800-63B-4, section 3.1.1.2, where a password is all there is. */
const shortest: Readonly<Record<PasswordPolicy, number>> = { readme: 8, strict: 15 };

/** Throws `InvalidValue` for a password that may not be set. */
export const parsePassword = (text: string, policy: PasswordPolicy = 'readme'): Password => {
  const password = normalisePassword(parseText(text));
  const length = codePoints(password);
  if (length < shortest[policy]) throw new InvalidValue('too_short', `Use at least ${shortest[policy]} characters.`);
  if (length > 128) throw new InvalidValue('too_long', 'Use at most 128 characters.');
  return password;
};

/** The iterations of a hash that the original made (Django's PBKDF2 encoding); null for one of ours. */
export const pbkdf2Iterations = (hash: string): number | null => {
  const iterations = /^pbkdf2_sha256\$(\d{1,9})\$/.exec(hash)?.[1];
  return iterations === undefined ? null : Number(iterations);
};

/** Whether the text is a hash as it is kept or shown, its own or another: as a new password it is an old detail sent back. */
export const isEncodedHash = (text: string): boolean =>
  /^(\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+|pbkdf2_sha256\$\d+)\$/.test(text);

/** The hash as its owner sees it: `$argon2id$v=19$m=19456,t=2,p=1$********` says how it is kept and helps no thief. */
export const showPasswordHash = (hash: PasswordHash, display: PasswordDisplay): string =>
  display === 'hash' ? hash : `${hash.split('$').slice(0, -2).join('$')}$********`;
