import {
  isExpired,
  issueClaims,
  readClaims,
  type TokenClaims,
  type TokenType,
  jwtType,
  type UserId,
} from '@mentorship/domain';
import { describe, expect, test } from 'vitest';

const lifetimes = { access: 20 * 60, refresh: 60 * 60 };
const kinds: TokenType[] = ['access', 'refresh'];
const issued = 1_767_225_600;
const now = issued * 1000 + 250;

const claimsOf = (kind: TokenType): TokenClaims =>
  issueClaims(kind, { id: 'sid', userId: 7 as UserId }, { jti: 'jti', now, lifetimes });

const read = (kind: TokenType, changes: Readonly<Record<string, unknown>> = {}, at = now) =>
  readClaims(kind, { ...claimsOf(kind), ...changes }, { now: at, lifetimes });

test.each(kinds)('the claims of a new %s token', (kind) => {
  expect(claimsOf(kind)).toStrictEqual({
    token_type: kind,
    user_id: 7,
    sub: '7',
    sid: 'sid',
    jti: 'jti',
    iat: issued,
    exp: issued + lifetimes[kind],
    iss: 'mentorship',
    aud: 'mentorship',
  });
});

test('each kind has its own typ', () => {
  expect(jwtType).toEqual({ access: 'at+jwt', refresh: 'rt+jwt' });
});

test.each(kinds)('a new %s token is read as it was issued', (kind) => {
  expect(read(kind)).toEqual(claimsOf(kind));
});

test.each([
  ['access', 'refresh'],
  ['refresh', 'access'],
] as const)('an %s token never passes for a %s token', (kind, other) => {
  expect(readClaims(other, { ...claimsOf(kind) }, { now, lifetimes })).toBeNull();
  expect(readClaims(other, { ...claimsOf(kind), exp: issued + 1 }, { now, lifetimes })).toBeNull();
});

describe.each(kinds)('one wrong claim is enough for an %s token to be refused', (kind) => {
  const strange = [undefined, null, true, '', Number.NaN, {}, []];
  const wrong: Readonly<Record<keyof Required<Omit<TokenClaims, 'generation'>>, readonly unknown[]>> = {
    token_type: ['Access', 'access refresh', 'at+jwt'],
    user_id: ['7', 0, -1, 7.5, 8, 2 ** 31, 2 ** 53, Infinity],
    sub: [7, '8', '07', ' 7', '7.0', 'seven'],
    sid: [1, ['sid'], 's'.repeat(129)],
    jti: [1, ['jti'], 'j'.repeat(129)],
    iat: [String(issued), issued + 0.5, -Infinity, issued + 61, -1, 0],
    exp: [String(issued + 60), issued + 60.5, Infinity, issued, issued - 1, 0, -1],
    iss: ['Mentorship', 'another', ['mentorship'], 'mentorship '],
    aud: ['Mentorship', 'another', ['mentorship'], ['mentorship', 'another']],
  };
  const cases = Object.entries(wrong).flatMap(([claim, values]) =>
    [...strange, ...values].map((value) => [claim, value] as const),
  );

  test.each(cases)('%s: %j', (claim, value) => {
    expect(read(kind, { [claim]: value })).toBeNull();
  });

  test.each(Object.keys(wrong))('%s left out', (claim) => {
    const { [claim]: _, ...rest }: Record<string, unknown> = { ...claimsOf(kind) };
    expect(readClaims(kind, rest, { now, lifetimes })).toBeNull();
  });
});

describe.each(kinds)('the bounds of an %s token', (kind) => {
  const lifetime = lifetimes[kind];

  test('it is good until the millisecond before exp', () => {
    expect(read(kind, {}, (issued + lifetime) * 1000 - 1)).not.toBeNull();
    expect(read(kind, {}, (issued + lifetime) * 1000)).toBeNull();
  });

  test('it lives as long as its kind, not a second longer', () => {
    expect(read(kind, { exp: issued + lifetime })).not.toBeNull();
    expect(read(kind, { exp: issued + lifetime + 1 })).toBeNull();
    expect(read(kind, { iat: issued - 1 })).toBeNull();
    expect(read(kind, { iat: issued - 1, exp: issued + lifetime - 1 })).not.toBeNull();
  });

  test('it may come from a clock 60 seconds ahead, not 61', () => {
    expect(read(kind, { iat: issued + 60, exp: issued + 60 + lifetime })).not.toBeNull();
    expect(read(kind, { iat: issued + 61, exp: issued + 61 + lifetime })).toBeNull();
  });

  test('its names are of 1 to 128 characters', () => {
    expect(read(kind, { sid: 's', jti: 'j'.repeat(128) })).not.toBeNull();
  });
});

test.each([
  [issued, issued * 1000 - 1, false],
  [issued, issued * 1000, true],
  [issued, issued * 1000 + 1, true],
])('exp %i at %i: expired %s', (exp, at, expired) => {
  expect(isExpired(exp, at)).toBe(expired);
});
