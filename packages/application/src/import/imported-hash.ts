import type { PasswordHash } from '@mentorship/domain';
import type { Departure } from './imported-account.ts';

/** Django's PBKDF2 with SHA-256, of at most so many iterations that a login can wait for them. */
const verifiable = /^pbkdf2_sha256\$[1-9]\d{0,6}\$[^$\s]+\$[A-Za-z0-9+/]{43}=$/;

/** What our own hasher takes for something that it can read. */
const readAsOurs = /^(pbkdf2_sha256\$|\$argon2id\$)/;

/** The longest hash that is kept, in UTF-16 code units: Django's own are a third of it. */
const longest = 400;

/** What Django puts before a hash that no password has. */
const unusable = '!';

/** The hash as it is kept, and that nobody can log in with it if so: of the hash itself no more is told than its kind. */
export const keepHash = (text: string | null): { hash: PasswordHash; departures: readonly Departure[] } => {
  const hash = text ?? '';
  if (verifiable.test(hash)) return { hash: hash as PasswordHash, departures: [] };
  const storable = hash.length <= longest && hash.isWellFormed() && !hash.includes('\0');
  const kept = !storable || hash === '' || readAsOurs.test(hash) ? unusable + (storable ? hash : '') : hash;
  const kind = /^[\w!]{1,32}(?=\$)/.exec(hash)?.[0] ?? null;
  return { hash: kept as PasswordHash, departures: [{ what: 'password_unusable', from: kind, to: null }] };
};
