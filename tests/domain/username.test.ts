import { InvalidValue, parseKnownUsername, parseUsername, usernameKey } from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invalid } from '../support/refusals.ts';

describe('parseUsername trims and normalises a name', () => {
  test.each([
    ['unchanged', 'john.doe', 'john.doe'],
    ['of one character', 'j', 'j'],
    ['with every allowed punctuation mark', 'j@o.h+n-d_1', 'j@o.h+n-d_1'],
    ['in upper case', 'ALICE', 'ALICE'],
    ['of punctuation marks alone', '@.+-_', '@.+-_'],
    ['with surrounding white space', ' \t\n\u00a0\u3000john\u2028 ', 'john'],
    ['of fullwidth letters', 'ｊｏｈｎ１', 'john1'],
    ['with a ligature', 'ﬁona', 'fiona'],
    ['with a combining accent', 'jose\u0301', 'jos\u00e9'],
    ['with a mark that does not compose', 'x\u0323', 'x\u0323'],
    ['of another script', 'Ἀλέξανδρος', 'Ἀλέξανδρος'],
    ['of digits of another script', '٣٤٥', '٣٤٥'],
    ['of Latin letters and Japanese', 'john.山田たろうカナ', 'john.山田たろうカナ'],
    ['of Latin letters and Korean', 'kim김金', 'kim김金'],
    ['with a non-joiner between letters that join', 'نامه\u200cای', 'نامه\u200cای'],
    ['with a joiner after a virama', 'क्\u200dष', 'क्\u200dष'],
    ['with four marks in a row', 'x\u0323\u0331\u0330\u0347', 'x\u0323\u0331\u0330\u0347'],
    ['of 150 characters', 'a'.repeat(150), 'a'.repeat(150)],
    ['of 150 letters outside the Basic Multilingual Plane', '𐐀'.repeat(150), '𐐀'.repeat(150)],
    ['of 150 characters after NFKC', 'e\u0301'.repeat(150), '\u00e9'.repeat(150)],
    ['of 150 characters after trimming', ` ${'a'.repeat(150)} `, 'a'.repeat(150)],
  ])('%s', (_, text, shown) => {
    expect(parseUsername(text)).toBe(shown);
  });
});

describe('parseUsername refuses', () => {
  test.each([
    ['the empty string', '', 'required'],
    ['white space', ' \t\n\u3000', 'required'],
    ['151 characters', 'a'.repeat(151), 'too_long'],
    ['151 letters outside the Basic Multilingual Plane', '𐐀'.repeat(151), 'too_long'],
    ['more than 150 characters after NFKC', 'ﬃ'.repeat(51), 'too_long'],
    ['a space inside', 'john doe', 'invalid_username'],
    ['a space that NFKC adds', 'john\u00a8', 'invalid_username'],
    ['a no-break space inside', 'john\u00a0doe', 'invalid_username'],
    ['a slash', 'john/doe', 'invalid_username'],
    ['a fullwidth slash', 'john／doe', 'invalid_username'],
    ['an emoji', 'john😀', 'invalid_username'],
    ['a line break', 'john\ndoe', 'invalid_username'],
    ['a control character', 'john\u0007', 'invalid_username'],
    ['a C1 control character', 'john\u0085doe', 'invalid_username'],
    ['a zero-width space', 'john\u200b', 'invalid_username'],
    ['a zero-width joiner', 'john\u200ddoe', 'invalid_username'],
    ['a joiner among Latin letters', 'vic\u200dtim', 'invalid_username'],
    ['a variation selector', 'victim\ufe0f', 'invalid_username'],
    ['a grapheme joiner', 'vic\u034ftim', 'invalid_username'],
    ['a blank letter', '\u3164', 'invalid_username'],
    ['a tag', 'victim\u{e0061}', 'invalid_username'],
    ['a hidden Khitan filler', '\u{16fe4}', 'invalid_username'],
    ['five marks in a row', 'x\u0323\u0331\u0330\u0347\u032d', 'invalid_username'],
    ['five viramas apart by joiners', `क${'\u094d\u200d'.repeat(5)}`, 'invalid_username'],
    ['a Cyrillic letter among Latin ones', 'v\u0456ctim', 'invalid_username'],
    ['a Greek letter among Latin ones', 'j\u03bfhn', 'invalid_username'],
    ['Cyrillic and Greek', 'иванος', 'invalid_username'],
    ['Chinese and Cyrillic', '山и', 'invalid_username'],
    ['a bidirectional override', '\u202ejohn', 'invalid_username'],
    ['a private-use character', 'john\ue000', 'invalid_username'],
    ['markup', '<b>john</b>', 'invalid_username'],
    ['a quote', "john'--", 'invalid_username'],
    ['NUL', 'john\0', 'invalid_text'],
    ['NUL alone', '\0', 'invalid_text'],
    ['a lone high surrogate', 'john\ud800', 'invalid_text'],
    ['a lone low surrogate', '\udc00john', 'invalid_text'],
    ['surrogates in the wrong order', '\udc00\ud800', 'invalid_text'],
  ])('%s', (_, text, code) => {
    expect(() => parseUsername(text)).toThrow(invalid(code));
  });
});

test.each(['v\u0456ctim', 'victim\ufe0f', `x${'\u0323'.repeat(9)}`])(
  'parseKnownUsername keeps %j, which was chosen before there were rules against look-alikes',
  (text) => {
    expect(parseKnownUsername(text)).toBe(text.normalize('NFKC'));
  },
);

test('every letter of every script is a name', () => {
  const refused: string[] = [];
  for (let code = 0; code < 0x110000; code += 1) {
    const letter = String.fromCodePoint(code);
    if (
      !/^[\p{L}\p{M}\p{N}]$/u.test(letter) ||
      /\p{Default_Ignorable_Code_Point}|\u{13441}|\u{13442}|\u{16fe4}/u.test(letter)
    )
      continue;
    if (!/^[\p{L}\p{M}\p{N}]+$/u.test(letter.normalize('NFKC'))) continue;
    // Some characters are written as letters of two scripts.
    if (letter.normalize('NFKC') === letter && !isName(letter)) refused.push(letter);
  }
  expect(refused).toEqual([]);
});

const isName = (text: string): boolean => {
  try {
    return parseUsername(text) !== '';
  } catch (error) {
    if (error instanceof InvalidValue) return false;
    throw error;
  }
};

describe('usernameKey is the same for', () => {
  test.each([
    ['ALICE', 'alice'],
    ['AlIcE', 'aLiCe'],
    ['straße', 'STRASSE'],
    ['straße', 'strasse'],
    ['straẞe', 'strasse'],
    ['ΟΔΟΣ', 'οδος'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'οδοσ'],
    ['Ὀδυσσεύς', 'ὈΔΥΣΣΕΎΣ'],
    ['ᾳ', 'ᾼ'],
    ['ΐ', 'ΐ'.toUpperCase()],
    ['İ', 'i\u0307'],
    ['ﬃ', 'FFI'],
    ['ｊｏｈｎ', 'JOHN'],
    ['jos\u00e9', 'JOSE\u0301'],
    ['\u212bngstr\u00f6m', '\u00e5NGSTR\u00d6M'],
    ['𐐀', '𐐨'],
    [' john ', 'JOHN'],
  ])('%s and %s', (one, other) => {
    expect(usernameKey(one)).toBe(usernameKey(other));
  });
});

describe('usernameKey differs for', () => {
  test.each([
    ['alice', 'alicé'],
    ['İ', 'i'],
    ['john', 'john.'],
    ['john', 'јohn'],
    ['oδος', 'οδος'],
    ['a', 'aa'],
  ])('%s and %s', (one, other) => {
    expect(usernameKey(one)).not.toBe(usernameKey(other));
  });
});

test.each([
  ['nothing', ''],
  ['NUL', '\0'],
  ['a lone surrogate', '\ud800'],
  ['a sentence', 'no such name'],
  ['10,000 letters', 'a'.repeat(10_000)],
])('usernameKey accepts any text: %s', (_, text) => {
  expect(typeof usernameKey(text)).toBe('string');
});

describe('for any name,', () => {
  const allowed = /^[\p{L}\p{M}\p{N}@.+\-_]+$/u;
  const letters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter((letter) =>
    allowed.test(letter),
  );
  const oneOf = (choice: readonly string[]) => fc.nat(choice.length - 1).map((index) => choice[index] ?? '');
  const unit = fc.oneof(
    oneOf(letters),
    oneOf(letters.filter((letter) => letter.toLowerCase() !== letter.toUpperCase())),
    oneOf(letters.filter((letter) => /\p{M}/u.test(letter))),
    oneOf([...'ßẞſΣςσİıÅ.-']),
  );
  const name = fc.string({ unit, minLength: 1, maxLength: 12 }).filter((text) => allowed.test(text.normalize('NFKC')));

  test('parsing is idempotent and keeps the key', () => {
    fc.assert(
      fc.property(name, (text) => {
        const shown = parseKnownUsername(text);
        expect(parseKnownUsername(shown)).toBe(shown);
        expect(isName(shown)).toBe(isName(text));
        expect(usernameKey(shown)).toBe(usernameKey(text));
      }),
    );
  });

  test('case and normal form do not change the key', () => {
    // Except an iota subscript: its capital is a separate letter, which takes the marks that follow.
    const unambiguous = name.filter((text) => !text.normalize('NFD').includes('\u0345'));
    fc.assert(
      fc.property(unambiguous, (text) => {
        const writings = [text.toLowerCase(), text.toUpperCase(), text.normalize('NFD'), text.normalize('NFC')];
        expect(new Set([text, ...writings].map(usernameKey)).size).toBe(1);
      }),
    );
  });

  test('the key of a key is itself', () => {
    fc.assert(
      fc.property(name, (text) => {
        const key = usernameKey(text);
        expect(usernameKey(key)).toBe(key);
      }),
    );
  });
});
