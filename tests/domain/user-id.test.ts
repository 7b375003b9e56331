import { isUserId, parseUserId } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';

test.each([
  ['1', 1],
  ['42', 42],
  ['1000000000', 1_000_000_000],
  ['2147483647', 2 ** 31 - 1],
])('parseUserId reads %s', (text, id) => {
  expect(parseUserId(text)).toBe(id);
});

test.each([
  '',
  '0',
  '-1',
  '+1',
  '1e9',
  '1.0',
  '0x1',
  '1_000',
  '007',
  ' 1',
  '1 ',
  '1\n',
  'abc',
  '1a',
  'NaN',
  'Infinity',
  '\0',
  '1\0',
  '%00',
  '１',
  '٣',
  String(2 ** 31),
  String(2 ** 32 + 1),
  String(2 ** 53),
  String(2n ** 63n),
  '9'.repeat(400),
])('parseUserId returns null for %j', (text) => {
  expect(parseUserId(text)).toBeNull();
});

describe('isUserId accepts only whole numbers from 1 to 2^31 - 1', () => {
  test.each([
    [1, true],
    [2 ** 31 - 1, true],
    [0, false],
    [-1, false],
    [1.5, false],
    [2 ** 31, false],
    [2 ** 53, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
    ['1', false],
    [1n, false],
    [true, false],
    [null, false],
    [undefined, false],
    [[1], false],
    [{}, false],
  ])('%s: %s', (value, expected) => {
    expect(isUserId(value)).toBe(expected);
  });
});
