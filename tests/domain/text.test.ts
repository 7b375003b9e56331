import { codePoints, optional, parseText } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { invalid } from '../support/refusals.ts';

test.each(['', ' ', 'text', '😀', '\u0007', '\ufffd', 'e\u0301'])('%j is kept as it is', (text) => {
  expect(parseText(text)).toBe(text);
});

test.each(['\0', 'a\0b', '\ud800', '\udc00', '\udc00\ud800', 'a\ud83d'])('%j is refused', (text) => {
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

test.each([null, undefined, '', ' \t\n'])('%j counts as absent', (text) => {
  expect(optional(parseText)(text)).toBeNull();
});

test('what is present is parsed as it came', () => {
  expect(optional(parseText)(' text ')).toBe(' text ');
  expect(() => optional(parseText)('\0')).toThrow(invalid('invalid_text'));
});
