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
const types: TokenType[] = ['access', 'refresh'];
const issued = 1_767_225_600;
const now = issued * 1000 + 250;

const claimsOf = (type: TokenType): TokenClaims =>
  issueClaims(type, { id: 'sid', userId: 7 as UserId }, { jti: 'jti', now, lifetimes });

const read = (type: TokenType, changes: Readonly<Record<string, unknown>> = {}, at = now) =>
  readClaims(type, { ...claimsOf(type), ...changes }, { now: at, lifetimes });

test.each(types)('the claims of a new %s token', (type) => {
  expect(claimsOf(type)).toStrictEqual({
    token_type: type,
    user_id: 7,
    sub: '7',
    sid: 'sid',
    jti: 'jti',
    iat: issued,
    exp: issued + lifetimes[type],
    iss: 'mentorship',
    aud: 'mentorship',
  });
});

test('each type has its own typ header', () => {
  expect(jwtType).toEqual({ access: 'at+jwt', refresh: 'rt+jwt' });
});

test.each(types)('a new %s token is read as it was issued', (type) => {
  expect(read(type)).toEqual(claimsOf(type));
});

test.each([
  ['access', 'refresh'],
  ['refresh', 'access'],
] as const)('an %s token is not accepted as a %s token', (type, other) => {
  expect(readClaims(other, { ...claimsOf(type) }, { now, lifetimes })).toBeNull();
  expect(readClaims(other, { ...claimsOf(type), exp: issued + 1 }, { now, lifetimes })).toBeNull();
});

describe.each(types)('one wrong claim is enough for an %s token to be refused', (type) => {
  const unexpected = [undefined, null, true, '', Number.NaN, {}, []];
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
    [...unexpected, ...values].map((value) => [claim, value] as const),
  );

  test.each(cases)('%s: %j', (claim, value) => {
    expect(read(type, { [claim]: value })).toBeNull();
  });

  test.each(Object.keys(wrong))('%s missing', (claim) => {
    const { [claim]: _, ...rest }: Record<string, unknown> = { ...claimsOf(type) };
    expect(readClaims(type, rest, { now, lifetimes })).toBeNull();
  });
});

describe.each(types)('the bounds of an %s token', (type) => {
  const lifetime = lifetimes[type];

  test('it is valid until the millisecond before exp', () => {
    expect(read(type, {}, (issued + lifetime) * 1000 - 1)).not.toBeNull();
    expect(read(type, {}, (issued + lifetime) * 1000)).toBeNull();
  });

  test('it lives as long as its type allows, not a second longer', () => {
    expect(read(type, { exp: issued + lifetime })).not.toBeNull();
    expect(read(type, { exp: issued + lifetime + 1 })).toBeNull();
    expect(read(type, { iat: issued - 1 })).toBeNull();
    expect(read(type, { iat: issued - 1, exp: issued + lifetime - 1 })).not.toBeNull();
  });

  test('it may come from a clock 60 seconds ahead, not 61', () => {
    expect(read(type, { iat: issued + 60, exp: issued + 60 + lifetime })).not.toBeNull();
    expect(read(type, { iat: issued + 61, exp: issued + 61 + lifetime })).toBeNull();
  });

  test('its ids have 1 to 128 characters', () => {
    expect(read(type, { sid: 's', jti: 'j'.repeat(128) })).not.toBeNull();
  });
});

test.each([
  [issued, issued * 1000 - 1, false],
  [issued, issued * 1000, true],
  [issued, issued * 1000 + 1, true],
])('exp %i has passed at %i: %s', (exp, at, expired) => {
  expect(isExpired(exp, at)).toBe(expired);
});
