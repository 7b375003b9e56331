import type { ForeignAccount } from '@mentorship/application';

/** A hash in Django's format, of no known password. */
export const foreignHash = `pbkdf2_sha256$600000$salt$${'A'.repeat(43)}=`;

export const joinedAt = Date.parse('2023-05-06T07:08:09.123Z');

/** An account that the import does not change, with these overrides. */
export const foreignAccount = (id: number | string, overrides: Partial<ForeignAccount> = {}): ForeignAccount => ({
  id: String(id),
  username: `user${id}`,
  passwordHash: foreignHash,
  email: '',
  phone: null,
  mentorId: null,
  active: true,
  joined: { written: '2023-05-06 07:08:09.123456', at: joinedAt },
  ...overrides,
});
