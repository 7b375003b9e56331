import {
  codePoints,
  foldCase,
  isOverlong,
  optional,
  parseBio,
  parseEmail,
  parseMessage,
  parsePassword,
  parseSkill,
  parseText,
  parseUsername,
  proseParser,
  skillKey,
  usernameKey,
} from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invalid } from '../support/refusals.ts';

test.each(['', ' ', 'text', '😀', '\u0007', '\ufffd', 'e\u0301'])('parseText keeps %j', (text) => {
  expect(parseText(text)).toBe(text);
});

test.each(['\0', 'a\0b', '\ud800', '\udc00', '\udc00\ud800', 'a\ud83d'])('parseText refuses %j', (text) => {
  expect(() => parseText(text)).toThrow(invalid('invalid_text'));
});

test.each([
  ['', 0],
  ['abc', 3],
  ['😀😀', 2],
  ['e\u0301', 2],
  ['👨\u200d👩\u200d👧', 5],
])('%j has %i code points', (text, count) => {
  expect(codePoints(text)).toBe(count);
});

test.each([null, undefined, '', ' \t\n'])('optional returns null for %j', (text) => {
  expect(optional(parseText)(text)).toBeNull();
});

test('optional passes any other text on unchanged', () => {
  expect(optional(parseText)(' text ')).toBe(' text ');
  expect(() => optional(parseText)('\0')).toThrow(invalid('invalid_text'));
});

describe('a prose parser of up to three characters', () => {
  const parse = proseParser(3);

  test.each(['', 'abc', '😀😀😀', 'e\u0301', ' a ', '\t\n\r', '\u2028', '\u200b', '\u202e', '\ue000', '\u00ad'])(
    'keeps %j',
    (text) => {
      expect(parse(text)).toBe(text);
    },
  );

  test.each(['abcd', '😀😀😀😀', 'e\u0301e\u0301', 'abc ', '\u0007abc'])('refuses %j as too long', (text) => {
    expect(() => parse(text)).toThrow(invalid('too_long'));
  });

  const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter((character) =>
    /\p{Cc}/u.test(character),
  );

  test('accepts only tabs and line breaks of the 65 control characters', () => {
    expect(controls).toHaveLength(65);
    const kept = controls.filter((character) => {
      try {
        return parse(`a${character}b`) !== '';
      } catch {
        return false;
      }
    });
    expect(kept).toEqual(['\t', '\n', '\r']);
  });

  test.each(['a\0', '\ud800', '\ud800 and much more', '\u001b'])('refuses %j as invalid text', (text) => {
    expect(() => parse(text)).toThrow(invalid('invalid_text'));
  });
});

describe('foldCase maps', () => {
  test.each([
    ['', ''],
    [' Word\t', 'word'],
    ['STRASSE', 'strasse'],
    ['straße', 'strasse'],
    ['ﬃ', 'ffi'],
    ['ＡＢ', 'ab'],
    ['e\u0301', '\u00e9'],
    ['İ', 'i\u0307'],
    ['two  words', 'two  words'],
  ])('%j to %j', (text, folded) => {
    expect(foldCase(text)).toBe(folded);
    expect(foldCase(folded)).toBe(folded);
  });

  test('both sigmas to one', () => {
    const writings = ['ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς', 'ὀδυσσεύσ', 'Ὀδυσσεύς'];
    expect(new Set(writings.map(foldCase)).size).toBe(1);
  });
});

describe('overlong text', () => {
  const marks = [0x300, 0x321, 0x651, 0x64c, 0x5bf, 0x5b8, 0x5b4, 0x5b0];
  const text = `a${marks.map((mark) => String.fromCodePoint(mark).repeat(4000)).join('')}`;

  test.each([
    ['username', parseUsername],
    ['skill', parseSkill],
    ['password', parsePassword],
    ['email', parseEmail],
    ['bio', parseBio],
    ['message', parseMessage],
  ])('is refused as a %s before it is normalised', (_, parse) => {
    expect(() => parse(text)).toThrow(invalid('too_long'));
  });

  test('has the key of no name and no skill', () => {
    expect([usernameKey(text), skillKey(text)]).toEqual([' ', ' ']);
  });

  test('is never a valid text in another normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 128 }), (valid) => {
        fc.pre(codePoints(valid) <= 128);
        for (const form of ['NFC', 'NFD'] as const) expect(isOverlong(valid.normalize(form), 128)).toBe(false);
      }),
    );
  });
});
