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

test('who has never chosen anything is the mentor of the original: everyone may name them, without a limit', () => {
  expect(mentorPolicies).toEqual(['open', 'approval', 'closed']);
  expect(defaultProfile).toEqual({ mentorPolicy: 'open', mentorCapacity: null, bio: null, skills: [] });
});

describe('a capacity', () => {
  test.each([null, 0, 1, 3, 1000, maxCapacity])('can be %j', (capacity) => {
    expect(parseCapacity(capacity)).toBe(capacity);
  });

  test.each([-1, 0.5, 2 ** 31, Number.MAX_SAFE_INTEGER, Number.NaN, Infinity, -Infinity])(
    'cannot be %j',
    (capacity) => {
      expect(() => parseCapacity(capacity)).toThrow(invalid('invalid_capacity'));
    },
  );
});

describe('a bio', () => {
  test.each(['I teach.', 'Lines,\n\ttabs\r\nand 👩‍💻', ' as it came ', '😀'.repeat(2000)])(
    'is kept as it is: %j',
    (text) => {
      expect(parseBio(text)).toBe(text);
    },
  );

  test.each([
    ['2,001 characters', '😀'.repeat(2001), 'too_long'],
    ['a control character', 'I \u0007teach.', 'invalid_text'],
    ['NUL', '\0', 'invalid_text'],
    ['half a character', '\ude00', 'invalid_text'],
  ])('is refused with %s', (_, text, code) => {
    expect(() => parseBio(text)).toThrow(invalid(code));
  });
});

describe('a skill is shown trimmed, in NFKC, with one space between words', () => {
  test.each([
    ['as it is', 'TypeScript', 'TypeScript'],
    ['of one character', 'C', 'C'],
    ['with signs', 'C++ & C#, .NET (F#) / 50%', 'C++ & C#, .NET (F#) / 50%'],
    ['with an emoji', 'Vue 💚', 'Vue 💚'],
    ['with white space around it', ' \t\n\u00a0\u3000Go\u2028 ', 'Go'],
    ['with white space inside', 'public \t\n\u00a0  speaking', 'public speaking'],
    ['of fullwidth letters', 'Ｒｕｓｔ', 'Rust'],
    ['with a ligature', 'ﬁnance', 'finance'],
    ['with a combining accent', 'cafe\u0301', 'caf\u00e9'],
    ['that begins with a space that NFKC makes', '\u00a8x', '\u0308x'],
    ['with two spaces, of which NFKC makes one', 'a \u00a8', 'a \u0308'],
    ['of 50 characters', 'x'.repeat(50), 'x'.repeat(50)],
    ['of 50 characters outside the basic plane', '𐐀'.repeat(50), '𐐀'.repeat(50)],
    ['of 50 characters after NFKC', 'e\u0301'.repeat(50), '\u00e9'.repeat(50)],
    ['of 50 characters after trimming', ` ${'x'.repeat(50)} `, 'x'.repeat(50)],
  ])('%s', (_, text, shown) => {
    expect(parseSkill(text)).toBe(shown);
  });

  test.each([
    ['the empty string', '', 'required'],
    ['white space', ' \t\n\u3000', 'required'],
    ['51 characters', 'x'.repeat(51), 'too_long'],
    ['more than 50 characters after NFKC', 'ﬃ'.repeat(17), 'too_long'],
    ['a control character', 'Go\u0007', 'invalid_skill'],
    ['a zero-width space', 'Go\u200b', 'invalid_skill'],
    ['a change of direction', '\u202eGo', 'invalid_skill'],
    ['a private character', 'Go\ue000', 'invalid_skill'],
    ['a character that is not assigned', 'Go\u0378', 'invalid_skill'],
    ['NUL', 'Go\0', 'invalid_text'],
    ['half a character', 'Go\ud83d', 'invalid_text'],
  ])('and is none that is %s', (_, text, code) => {
    expect(() => parseSkill(text)).toThrow(invalid(code));
  });
});

describe('a list of skills', () => {
  test.each([
    ['nothing', [], []],
    ['one', ['Go'], ['Go']],
    ['some, in the order in which they come', ['Rust', 'Go', 'C'], ['Rust', 'Go', 'C']],
    ['one twice', ['Go', 'Go'], ['Go']],
    ['one twice, the first spelling of which stays', ['TypeScript', 'typescript', ' TYPESCRIPT '], ['TypeScript']],
    ['one twice in two widths', ['Ｇｏ', 'go'], ['Go']],
    ['one twice with more space', ['public  speaking', 'Public Speaking'], ['public speaking']],
    ['one twice, the first place of which stays', ['TypeScript', 'Go', 'typescript'], ['TypeScript', 'Go']],
    ['three, two of them twice', ['c', 'b', 'a', 'B', 'C'], ['c', 'b', 'a']],
  ])('of %s', (_, texts, skills) => {
    expect(parseSkills(texts)).toEqual(skills);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `skill ${index}`);

  test(`has ${maxSkills} at most, however often they are named`, () => {
    expect(parseSkills(many(50))).toEqual(many(50));
    expect(parseSkills([...many(50), ...many(50)].map((skill) => skill.toUpperCase()))).toHaveLength(50);
    expect(() => parseSkills(many(51))).toThrow(invalid('too_many'));
  });

  test('is refused for one of them that is none', () => {
    expect(() => parseSkills(['Go', '', 'C'])).toThrow(invalid('required'));
    expect(() => parseSkills([...many(51), 'x'.repeat(51)])).toThrow(invalid('too_long'));
  });
});

describe('one skill in two writings', () => {
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

  test.each([
    ['C', 'C++'],
    ['C', 'C#'],
    ['public speaking', 'publicspeaking'],
    ['cafe', 'caf\u00e9'],
  ])('but not %s and %s', (one, other) => {
    expect(skillKey(one)).not.toBe(skillKey(other));
  });
});

describe('for all skills', () => {
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

  test('the shown form is its own shown form, and is found by whatever was typed', () => {
    fc.assert(
      fc.property(skill, (text) => {
        const shown = parseSkill(text);
        expect(parseSkill(shown)).toBe(shown);
        expect(skillKey(text)).toBe(skillKey(shown));
      }),
      { numRuns: 1000 },
    );
  });

  test('a list keeps the first of each, in order', () => {
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
