import { isKeyValid, keyRetentionMs, keyExpiry, maySign, type SigningKey } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';

const minute = 60_000;
const day = 24 * 60 * minute;
const created = 1_767_225_600_000;

describe.each([
  ['refresh tokens that live longer', { access: 20 * 60, refresh: 60 * 60 }],
  ['access tokens that live longer', { access: 60 * 60, refresh: 60 }],
])('with %s', (_, lifetimes) => {
  const expiresAt = keyExpiry(created, lifetimes);
  const key: SigningKey = { kid: 'kid', publicKey: 'x', createdAt: created, expiresAt };

  test('a key lasts a day, the longest token and a minute', () => {
    expect(expiresAt).toBe(created + day + 60 * minute + minute);
  });

  test('it may sign the longest token for a day', () => {
    const longest = (now: number) => Math.floor(now / 1000) + 60 * 60;
    const lastTimestamp = created + day - 1;
    expect(maySign(key, longest(created), created)).toBe(true);
    expect(maySign(key, longest(lastTimestamp), lastTimestamp)).toBe(true);
    expect(maySign(key, longest(created + day), created + day)).toBe(false);
  });

  test('it signs no token after its day', () => {
    expect(maySign(key, (created + day) / 1000 + 1, created + day)).toBe(false);
  });

  test('it expires a minute after the last token that it may sign', () => {
    const latest = (expiresAt - minute) / 1000;
    expect(maySign(key, latest, created)).toBe(true);
    expect(maySign(key, latest + 1, created)).toBe(false);
  });
});

test('a key of the future, made by a clock that was ahead, signs nothing and is not accepted', () => {
  const lifetimes = { access: 20 * 60, refresh: 60 * 60 };
  const ahead: SigningKey = {
    kid: 'kid',
    publicKey: 'x',
    createdAt: created,
    expiresAt: keyExpiry(created, lifetimes),
  };
  const now = created - 3650 * day;
  expect([isKeyValid(ahead, now), maySign(ahead, now / 1000 + 60, now)]).toEqual([false, false]);
  // The clocks of two processes may differ by a minute.
  expect([isKeyValid(ahead, created - minute), isKeyValid(ahead, created - minute - 1)]).toEqual([true, false]);
  expect([isKeyValid(ahead, ahead.expiresAt - 1), isKeyValid(ahead, ahead.expiresAt)]).toEqual([true, false]);
});

test('the row of an expired key is kept for a day', () => {
  expect(keyRetentionMs).toBe(day);
});
