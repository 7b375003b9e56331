import { mentorshipStatuses, type MentorshipStatus } from '@mentorship/domain';
import { parseDepth, parsePageSize, parseStatuses } from '@mentorship/http/schemas/query-values';
import { describe, expect, test } from 'vitest';
import { invalid } from '../../support/refusals.ts';

describe.each([
  ['limit', parsePageSize, 1000, 'invalid_limit'],
  ['depth', parseDepth, 100, 'invalid_depth'],
] as const)('%s', (_, parse, max, code) => {
  test('reads whole numbers from 1 to its maximum', () => {
    for (const number of [1, 10, max]) expect(parse(String(number))).toBe(number);
  });

  test.each(['0', '10000', '-1', '+1', '1.0', '01', ' 1', '1e1', '', 'x', '9'.repeat(400)])('rejects %j', (text) => {
    expect(() => parse(text)).toThrow(invalid(code));
  });

  test('rejects the number above its maximum', () => {
    expect(() => parse(String(max + 1))).toThrow(invalid(code));
  });
});

describe('status', () => {
  test.each<[string, MentorshipStatus[]]>([
    ['active', ['active']],
    ['requested,active', ['requested', 'active']],
    [' ended , active ', ['ended', 'active']],
    ['active,active', ['active']],
    ['requested,active,declined,cancelled,expired,completed,ended', [...mentorshipStatuses]],
  ])('reads %j', (text, statuses) => {
    expect(parseStatuses(text)).toEqual(statuses);
  });

  test.each(['', ' ', ',', 'active,', 'Active', 'open', 'active ended', 'active;ended', 'active,x', '__proto__'])(
    'rejects %j',
    (text) => {
      expect(() => parseStatuses(text)).toThrow(invalid('invalid_choice'));
    },
  );
});
