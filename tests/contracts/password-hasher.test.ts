import { argon2PasswordHasher } from '@mentorship/adapters/security';
import type { PasswordHasher } from '@mentorship/application';
import { normalisePassword, type Password, type PasswordHash, showPasswordHash } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { plainPasswordHasher } from '../support/plain-security.ts';

const password = (text: string): Password => normalisePassword(text);

describe.each<[name: string, hasher: PasswordHasher]>([
  ['argon2', argon2PasswordHasher({ concurrency: 2, queue: 100 })],
  ['the one of the tests', plainPasswordHasher()],
])('the password hasher: %s', (_name, hasher) => {
  test.each(['12345678', ' spaced out ', 'пароль и 🔑', 'x'.repeat(128), '$argon2id$v=19$', `'; DROP TABLE users; --`])(
    'knows the password %j from all others',
    async (text) => {
      const hash = await hasher.hash(password(text));
      expect(await hasher.verify(text, hash, null)).toBe(true);
      for (const other of [`${text} `, text.slice(1), text.toUpperCase() + text.toLowerCase(), ''])
        expect(await hasher.verify(other, hash, null)).toBe(false);
    },
  );

  test('says no without a hash, whatever the password', async () => {
    for (const text of ['', '12345678', 'x'.repeat(10_000)]) expect(await hasher.verify(text, null, null)).toBe(false);
  });

  test('never makes the same hash twice', async () => {
    const hashes = await Promise.all(Array.from({ length: 4 }, () => hasher.hash(password('12345678'))));
    expect(new Set(hashes).size).toBe(4);
    for (const hash of hashes) expect(await hasher.verify('12345678', hash, null)).toBe(true);
  });

  test('ends the hash in salt and digest, so that both can be masked', async () => {
    const hash = await hasher.hash(password('12345678'));
    const masked = showPasswordHash(hash, 'masked');
    expect(masked).toMatch(/^\S+\$\*{8}$/);
    for (const secret of hash.split('$').slice(-2)) expect(masked).not.toContain(secret);
  });
});

describe('argon2', () => {
  const hasher = argon2PasswordHasher({ concurrency: 2, queue: 100 });

  test('is encoded as the contract shows it', async () => {
    const hash = await hasher.hash(password('12345678'));
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(showPasswordHash(hash, 'masked')).toBe('$argon2id$v=19$m=19456,t=2,p=1$********');
  });

  test('verifies a hash of the reference implementation, with its own parameters', async () => {
    // echo -n password | argon2 somesalt -t 2 -m 16 -p 1 -l 24 -id
    const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hasher.verify('password', reference as PasswordHash, null)).toBe(true);
    expect(await hasher.verify('Password', reference as PasswordHash, null)).toBe(false);
  });
});
