import {
  maxCapacity,
  mentorPolicies,
  maxSkills,
  parseBio,
  parseCapacity,
  parseSkill,
  parseSkills,
  skillKey,
  defaultProfile,
} from '@mentorship/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invalid } from '../support/refusals.ts';

test('the default profile is open and without a limit', () => {
  expect(mentorPolicies).toEqual(['open', 'approval', 'closed']);
  expect(defaultProfile).toEqual({ mentorPolicy: 'open', mentorCapacity: null, bio: null, skills: [] });
});

describe('parseCapacity', () => {
  test.each([null, 0, 1, 3, 1000, maxCapacity])('accepts %j', (capacity) => {
    expect(parseCapacity(capacity)).toBe(capacity);
  });

  test.each([-1, 0.5, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.NaN, Infinity, -Infinity])('refuses %j', (capacity) => {
    expect(() => parseCapacity(capacity)).toThrow(invalid('invalid_capacity'));
  });
});

describe('parseBio', () => {
  test.each(['I teach.', 'Lines,\n\ttabs\r\nand 👩‍💻', ' spaces ', '😀'.repeat(2000)])('keeps the text: %j', (text) => {
    expect(parseBio(text)).toBe(text);
  });

  test.each([
    ['2,001 characters', '😀'.repeat(2001), 'too_long'],
    ['a control character', 'I \u0007teach.', 'invalid_text'],
    ['NUL', '\0', 'invalid_text'],
    ['a lone surrogate', '\ude00', 'invalid_text'],
  ])('refuses %s', (_, text, code) => {
    expect(() => parseBio(text)).toThrow(invalid(code));
  });
});

describe('parseSkill', () => {
  test.each([
    ['unchanged', 'TypeScript', 'TypeScript'],
    ['of one character', 'C', 'C'],
    ['with punctuation and symbols', 'C++ & C#, .NET (F#) / 50%', 'C++ & C#, .NET (F#) / 50%'],
    ['with words of two scripts', 'web-разработка (C++)', 'web-разработка (C++)'],
    ['with a non-joiner between letters that join', 'برنامه\u200cنویسی', 'برنامه\u200cنویسی'],
    ['with an emoji', 'Vue 💚', 'Vue 💚'],
    ['trimmed', ' \t\n\u00a0\u3000Go\u2028 ', 'Go'],
    ['with one space between words', 'public \t\n\u00a0  speaking', 'public speaking'],
    ['of fullwidth letters', 'Ｒｕｓｔ', 'Rust'],
    ['with a ligature', 'ﬁnance', 'finance'],
    ['with a combining accent', 'cafe\u0301', 'caf\u00e9'],
    ['trimmed after NFKC', '\u00a8x', '\u0308x'],
    ['with one space where NFKC adds another', 'a \u00a8', 'a \u0308'],
    ['of 50 characters', 'x'.repeat(50), 'x'.repeat(50)],
    ['of 50 characters outside the Basic Multilingual Plane', '𐐀'.repeat(50), '𐐀'.repeat(50)],
    ['of 50 characters after NFKC', 'e\u0301'.repeat(50), '\u00e9'.repeat(50)],
    ['of 50 characters after trimming', ` ${'x'.repeat(50)} `, 'x'.repeat(50)],
  ])('returns a skill %s', (_, text, shown) => {
    expect(parseSkill(text)).toBe(shown);
  });

  test.each([
    ['the empty string', '', 'required'],
    ['white space', ' \t\n\u3000', 'required'],
    ['51 characters', 'x'.repeat(51), 'too_long'],
    ['more than 50 characters after NFKC', 'ﬃ'.repeat(17), 'too_long'],
    ['a control character', 'Go\u0007', 'invalid_skill'],
    ['a zero-width space', 'Go\u200b', 'invalid_skill'],
    ['a variation selector', 'Go\ufe0f', 'invalid_skill'],
    ['a non-joiner in its wrong place', 'G\u200co', 'invalid_skill'],
    ['a blank symbol', '\u2800', 'invalid_skill'],
    ['a word of two scripts', 'J\u0430va', 'invalid_skill'],
    ['five marks in a row', `x${'\u0323'.repeat(5)}`, 'invalid_skill'],
    ['a bidirectional override', '\u202eGo', 'invalid_skill'],
    ['a private-use character', 'Go\ue000', 'invalid_skill'],
    ['an unassigned character', 'Go\u0378', 'invalid_skill'],
    ['NUL', 'Go\0', 'invalid_text'],
    ['a lone surrogate', 'Go\ud83d', 'invalid_text'],
  ])('refuses %s', (_, text, code) => {
    expect(() => parseSkill(text)).toThrow(invalid(code));
  });
});

describe('parseSkills', () => {
  test.each([
    ['nothing', [], []],
    ['one', ['Go'], ['Go']],
    ['several in the order sent', ['Rust', 'Go', 'C'], ['Rust', 'Go', 'C']],
    ['a repeated skill once', ['Go', 'Go'], ['Go']],
    ['the first of three spellings', ['TypeScript', 'typescript', ' TYPESCRIPT '], ['TypeScript']],
    ['the first of two widths', ['Ｇｏ', 'go'], ['Go']],
    ['the first of two spacings', ['public  speaking', 'Public Speaking'], ['public speaking']],
    ['a repeated skill in its first position', ['TypeScript', 'Go', 'typescript'], ['TypeScript', 'Go']],
    ['three skills, two of them repeated', ['c', 'b', 'a', 'B', 'C'], ['c', 'b', 'a']],
  ])('returns %s', (_, texts, skills) => {
    expect(parseSkills(texts)).toEqual(skills);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `skill ${index}`);

  test(`counts ${maxSkills} different skills at most`, () => {
    expect(parseSkills(many(50))).toEqual(many(50));
    expect(parseSkills([...many(50), ...many(50)].map((skill) => skill.toUpperCase()))).toHaveLength(50);
    expect(() => parseSkills(many(51))).toThrow(invalid('too_many'));
  });

  test('refuses the whole list for one invalid skill', () => {
    expect(() => parseSkills(['Go', '', 'C'])).toThrow(invalid('required'));
    expect(() => parseSkills([...many(51), 'x'.repeat(51)])).toThrow(invalid('too_long'));
  });
});

describe('skillKey is the same for', () => {
  test.each([
    ['TypeScript', 'TYPESCRIPT'],
    ['TypeScript', ' typescript '],
    ['Ｇｏ', 'go'],
    ['public speaking', 'Public \t Speaking'],
    ['Straßenbau', 'STRASSENBAU'],
    ['caf\u00e9', 'CAFE\u0301'],
    ['\u00a8x', '\u0308X'],
    ['a \u00a8', 'A \u0308'],
  ])('%s and %s', (one, other) => {
    expect(skillKey(one)).toBe(skillKey(other));
  });
});

describe('skillKey differs for', () => {
  test.each([
    ['C', 'C++'],
    ['C', 'C#'],
    ['public speaking', 'publicspeaking'],
    ['cafe', 'caf\u00e9'],
  ])('%s and %s', (one, other) => {
    expect(skillKey(one)).not.toBe(skillKey(other));
  });
});

describe('for any skill,', () => {
  const unit = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...' \t\u00a0\u00a8\u0308\u0301aAﬁßẞΣςσıİ.#+😀') },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
  );
  const isSkill = (text: string): boolean => {
    try {
      return parseSkill(text) !== '';
    } catch {
      return false;
    }
  };
  const skill = fc.string({ unit, minLength: 1, maxLength: 8 }).filter(isSkill);

  test('parsing is idempotent and keeps the key', () => {
    fc.assert(
      fc.property(skill, (text) => {
        const shown = parseSkill(text);
        expect(parseSkill(shown)).toBe(shown);
        expect(skillKey(text)).toBe(skillKey(shown));
      }),
      { numRuns: 1000 },
    );
  });

  test('a list keeps the first spelling of each, in order', () => {
    fc.assert(
      fc.property(fc.array(skill, { maxLength: 12 }), (texts) => {
        const shown = texts.map((text) => parseSkill(text));
        const firsts = shown.filter(
          (one, index) => shown.findIndex((other) => skillKey(other) === skillKey(one)) === index,
        );
        expect(parseSkills(texts)).toEqual(firsts);
        expect(parseSkills(firsts)).toEqual(firsts);
      }),
    );
  });
});
