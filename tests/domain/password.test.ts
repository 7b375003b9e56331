import {
  hashAlgorithm,
  normalisePassword,
  parsePassword,
  type PasswordHash,
  showPasswordHash,
} from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainPasswordHasher } from '../support/sessions/plain-security.ts';
import { invalid } from '../support/refusals.ts';

describe('a password may be', () => {
  test.each([
    ["the README's example", '12345678'],
    ['of 128 characters', 'x'.repeat(128)],
    ['of 8 emoji', '😀'.repeat(8)],
    ['of 128 emoji', '😀'.repeat(128)],
    ['white space', ' '.repeat(8)],
    ['with surrounding spaces', '  secret  '],
    ['with control characters', 'a\tb\nc\u0007d\u007f'],
    ['common', 'password'],
  ])('%s', (_, text) => {
    expect(parsePassword(text)).toBe(text);
  });
});

describe('a password may not be', () => {
  test.each([
    ['empty', '', 'too_short'],
    ['of 7 characters', '1234567', 'too_short'],
    ['of 4 emoji, which are 8 code units', '😀'.repeat(4), 'too_short'],
    ['of 7 letters with accents', 'e\u0301'.repeat(7), 'too_short'],
    ['of 129 characters', 'x'.repeat(129), 'too_long'],
    ['of more than 128 characters after NFKC', 'ﬃ'.repeat(43), 'too_long'],
    ['with NUL', '12345678\0', 'invalid_text'],
    ['with a lone surrogate', '12345678\ud800', 'invalid_text'],
  ])('%s', (_, text, code) => {
    expect(() => parsePassword(text)).toThrow(invalid(code));
  });
});

describe('a password is kept in NFKC, and nothing else is done to it', () => {
  test.each([
    ['a combining accent', 'pa\u0308ssword', 'p\u00e4ssword'],
    ['fullwidth digits', '１２３４５６７８', '12345678'],
    ['a ligature, counted as its letters', 'ﬃﬃﬃ', 'ffiffiffi'],
    ['a no-break space', 'pass\u00a0word', 'pass word'],
    ['both cases', 'PassWord', 'PassWord'],
  ])('%s', (_, text, kept) => {
    expect(parsePassword(text)).toBe(kept);
    expect(normalisePassword(text)).toBe(kept);
  });
});

test.each(['', 'short', 'x'.repeat(512), '\0', '\ud800'])('login applies no rule: %#', (text) => {
  expect(normalisePassword(text)).toBe(text);
});

test('overlong text matches no hash, and is not normalised', () => {
  for (const text of ['x'.repeat(513), '\u0300'.repeat(60_000)]) {
    expect(normalisePassword(text)).toBe('\0');
    expect(() => parsePassword(text)).toThrow(invalid('too_long'));
  }
});

test.each([
  ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', 'argon2id'],
  ['$argon2id$garbage', null],
  ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$', null],
  ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc$', null],
  ['$argon2id$v=19$m=999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', null],
  ['$argon2id$v=19$m=19456,t=99,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', null],
  ['$argon2id$v=19$m=127,t=1,p=16$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', null],
  ['$argon2id$v=19$m=128,t=1,p=16$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', 'argon2id'],
  ['$argon2id$v=16$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', null],
  [`pbkdf2_sha256$1500000$salt$${'A'.repeat(43)}=`, 'pbkdf2_sha256'],
  [`pbkdf2_sha256$1500001$salt$${'A'.repeat(43)}=`, null],
  [`pbkdf2_sha256$0$salt$${'A'.repeat(43)}=`, null],
  ['pbkdf2_sha256$1000$salt$garbage', null],
  ['', null],
])('the hash %j has the algorithm %j', (hash, algorithm) => {
  expect(hashAlgorithm(hash)).toBe(algorithm);
});

describe('for any password,', () => {
  const text = fc.string({ unit: 'binary', maxLength: 140 });

  test('the number of code points decides whether it may be set', () => {
    const isSet = (sent: string): boolean => {
      try {
        return parsePassword(sent) === sent.normalize('NFKC');
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(text, (sent) => {
        const count = [...sent.normalize('NFKC')].length;
        expect(isSet(sent)).toBe(count >= 8 && count <= 128 && !sent.includes('\0'));
      }),
    );
  });

  test('login matches every normal form of it and nothing else', async () => {
    const hasher = plainPasswordHasher();
    const acceptable = fc.string({ unit: fc.constantFrom(...'aé😀ﬁ '), minLength: 8, maxLength: 40 });
    const form = fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD');
    await fc.assert(
      fc.asyncProperty(acceptable, form, form, async (sent, set, typed) => {
        const hash = await hasher.hash(parsePassword(sent.normalize(set)));
        expect(await hasher.verify(sent.normalize(typed), hash, { slowest: null })).toBe(true);
        expect(await hasher.verify(`${sent} `, hash, { slowest: null })).toBe(false);
      }),
    );
  });
});

describe('showPasswordHash masks salt and digest', () => {
  test.each([
    ['$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$ZGlnZXN0L2RpZ2VzdA', '$argon2id$v=19$m=19456,t=2,p=1$********'],
    ['pbkdf2_sha256$600000$salt$ZGlnZXN0PQ==', 'pbkdf2_sha256$600000$********'],
  ])('%s: %s', (text, shown) => {
    const hash = text as PasswordHash;
    expect(showPasswordHash(hash, 'masked')).toBe(shown);
    expect(showPasswordHash(hash, 'hash')).toBe(text);
  });
});
