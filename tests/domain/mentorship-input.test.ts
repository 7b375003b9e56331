import { closingReasons, parseMentorshipId, parseReason, parseMessage } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { invalid } from '../support/refusals.ts';

describe('what one side says to the other', () => {
  test.each([
    ['one word', 'Hi'],
    ['white space around it', '  Hi \n'],
    ['lines and tabs', 'Hi,\r\n\n\tI would like to learn from you.\n'],
    ['emojis, joined and coloured', '👩‍💻👍🏽'],
    ['what reads from the right', 'שלום \u202e עולם'],
    ['decomposed letters', 'e\u0301'],
    ['2,000 characters', 'x'.repeat(2000)],
    ['2,000 characters outside the basic plane', '😀'.repeat(2000)],
  ])('is kept as it is: %s', (_, text) => {
    expect(parseMessage(text)).toBe(text);
  });

  test.each([
    ['2,001 characters', 'x'.repeat(2001), 'too_long'],
    ['2,001 characters outside the basic plane', '😀'.repeat(2001), 'too_long'],
    ['2,001 characters, most of them white space', `x${' '.repeat(2000)}`, 'too_long'],
    ['NUL', 'Hi\0', 'invalid_text'],
    ['half a character', 'Hi \ud83d', 'invalid_text'],
    ['a bell', 'Hi\u0007', 'invalid_text'],
    ['an escape sequence', '\u001b[31mHi', 'invalid_text'],
    ['a vertical tab', 'Hi\u000b', 'invalid_text'],
    ['DEL', 'Hi\u007f', 'invalid_text'],
    ['a C1 control character', 'Hi\u0085', 'invalid_text'],
  ])('is refused with %s', (_, text, code) => {
    expect(() => parseMessage(text)).toThrow(invalid(code));
  });
});

describe('why somebody changes a status', () => {
  test.each(['matched by chance', 'Replaced', ' Because.\n'])('is kept as it is: %j', (text) => {
    expect(parseReason(text)).toBe(text);
  });

  test.each([...closingReasons, ' removed\n'])('is never what only the service says: %j', (text) => {
    expect(() => parseReason(text)).toThrow(invalid('reserved_reason'));
  });

  test('is no longer than a message', () => {
    expect(() => parseReason('x'.repeat(2001))).toThrow(invalid('too_long'));
  });
});

describe('the id of a mentorship in a URL', () => {
  test.each([
    ['1', 1],
    ['42', 42],
    ['2147483647', 2_147_483_647],
  ])('%s is %i', (text, id) => {
    expect(parseMentorshipId(text)).toBe(id);
  });

  test.each(['', '0', '-1', '+1', '007', '1.0', '1e3', '0x1', ' 1', '1 ', '１', '2147483648', '99999999999', 'graph'])(
    '%j is none',
    (text) => {
      expect(parseMentorshipId(text)).toBeNull();
    },
  );
});
