import { readTimestamp } from '@mentorship/adapters/django';
import { assert, date, property } from 'fast-check';
import { expect, test } from 'vitest';

test.each([
  ['2023-05-06 07:08:09.123456', '2023-05-06T07:08:09.123Z'],
  ['2023-05-06 07:08:09', '2023-05-06T07:08:09.000Z'],
  ['2023-05-06T07:08:09.5Z', '2023-05-06T07:08:09.500Z'],
  ['2023-05-06 07:08:09.1+00', '2023-05-06T07:08:09.100Z'],
  ['2023-05-06 07:08:09.000001+02', '2023-05-06T05:08:09.000Z'],
  ['2023-05-06 07:08:09-03:30', '2023-05-06T10:38:09.000Z'],
  ['2023-05-06 07:08:09+0545', '2023-05-06T01:23:09.000Z'],
  ['2024-02-29 00:00:00+00', '2024-02-29T00:00:00.000Z'],
  ['2023-05-06', '2023-05-06T00:00:00.000Z'],
])('reads %j as %s', (text, timestamp) => {
  expect(new Date(readTimestamp(text) ?? Number.NaN).toISOString()).toBe(timestamp);
});

test.each([
  null,
  '',
  'yesterday',
  'infinity',
  '1683356889',
  '2023-02-29 00:00:00',
  '2023-13-01 00:00:00',
  '2023-05-06 25:00:00',
  '2023-05-06 24:00:00',
  '06.05.2023 07:08:09',
  '2023-05-06 07:08',
  '2023-05-06 07:08:09 CEST',
  '0000-01-01 00:00:00+05',
  '9999-12-31 23:59:59-05',
  '10000-01-01 00:00:00',
])('refuses %j', (text) => {
  expect(readTimestamp(text)).toBeNull();
});

test('reads every timestamp as it was written', () => {
  const times = date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
  assert(
    property(times, (time) => {
      const text = time.toISOString().replace('T', ' ').replace('Z', '999+00');
      expect(readTimestamp(text)).toBe(time.getTime());
    }),
  );
});
