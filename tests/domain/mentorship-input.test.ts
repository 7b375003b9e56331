import { closingReasons, parseMentorshipId, parseReason, parseMessage } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { invalid } from '../support/refusals.ts';

describe('parseMessage', () => {
  test.each([
    ['one word', 'Hi'],
    ['surrounding white space', '  Hi \n'],
    ['lines and tabs', 'Hi,\r\n\n\tI would like to learn from you.\n'],
    ['emojis, joined and coloured', '👩‍💻👍🏽'],
    ['text from right to left', 'שלום \u202e עולם'],
    ['decomposed letters', 'e\u0301'],
    ['2,000 characters', 'x'.repeat(2000)],
    ['2,000 characters outside the Basic Multilingual Plane', '😀'.repeat(2000)],
  ])('keeps the text: %s', (_, text) => {
    expect(parseMessage(text)).toBe(text);
  });

  test.each([
    ['2,001 characters', 'x'.repeat(2001), 'too_long'],
    ['2,001 characters outside the Basic Multilingual Plane', '😀'.repeat(2001), 'too_long'],
    ['2,001 characters, most of them white space', `x${' '.repeat(2000)}`, 'too_long'],
    ['NUL', 'Hi\0', 'invalid_text'],
    ['a lone surrogate', 'Hi \ud83d', 'invalid_text'],
    ['a bell', 'Hi\u0007', 'invalid_text'],
    ['an escape sequence', '\u001b[31mHi', 'invalid_text'],
    ['a vertical tab', 'Hi\u000b', 'invalid_text'],
    ['DEL', 'Hi\u007f', 'invalid_text'],
    ['a C1 control character', 'Hi\u0085', 'invalid_text'],
  ])('refuses %s', (_, text, code) => {
    expect(() => parseMessage(text)).toThrow(invalid(code));
  });
});

describe('parseReason', () => {
  test.each(['matched by chance', 'Replaced', ' Because.\n'])('keeps the text: %j', (text) => {
    expect(parseReason(text)).toBe(text);
  });

  test.each([...closingReasons, ' removed\n'])('refuses a reason of the service: %j', (text) => {
    expect(() => parseReason(text)).toThrow(invalid('reserved_reason'));
  });

  test('refuses more than 2,000 characters', () => {
    expect(() => parseReason('x'.repeat(2001))).toThrow(invalid('too_long'));
  });
});

describe('parseMentorshipId', () => {
  test.each([
    ['1', 1],
    ['42', 42],
    ['2147483647', 2_147_483_647],
  ])('reads %s as %i', (text, id) => {
    expect(parseMentorshipId(text)).toBe(id);
  });

  test.each(['', '0', '-1', '+1', '007', '1.0', '1e3', '0x1', ' 1', '1 ', '１', '2147483648', '99999999999', 'graph'])(
    'returns null for %j',
    (text) => {
      expect(parseMentorshipId(text)).toBeNull();
    },
  );
});
