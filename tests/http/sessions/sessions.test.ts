import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Account, password } from '../../support/http/client.ts';
import { readToken } from '../../support/http/forge.ts';
import { type Service, startService } from '../../support/http/service.ts';
import { type ManualClock, manualClock, minutes } from '../../support/manual-clock.ts';

let clock: ManualClock;
let service: Service;
let ann: Account;
let bob: Account;

beforeAll(async () => {
  clock = manualClock();
  service = await startService({ clock });
  ann = await service.api.join('Ann');
  bob = await service.api.join('bob');
});
afterAll(() => service.stop());
beforeEach(async () => {
  ann = { ...ann, ...(await service.api.logIn('Ann')) };
});

const logIn = (body: unknown) => service.api.call('POST', '/api/login', { body });
const refresh = (token: string) => service.api.call('POST', '/api/token/refresh', { body: { refresh: token } });
const logOut = (token: string, refreshToken: string) =>
  service.api.call('POST', '/api/logout', { token, body: { refresh: refreshToken } });
const me = (token: string) => service.api.call('GET', '/api/users/me', { token });

const tokenRefused = { status: 401, body: { code: 'token_not_valid' } };
const logoutRefused = { status: 400, body: { code: 'token_not_valid', errors: [{ field: 'refresh' }] } };

describe('login', () => {
  test('returns exactly a refresh and an access token', async () => {
    const { status, body } = await logIn({ username: 'Ann', password });
    expect(status).toBe(200);
    expect(Object.keys(body as object).toSorted()).toEqual(['access', 'refresh']);
  });

  test.each([
    ['access', 'at+jwt', 20 * 60],
    ['refresh', 'rt+jwt', 60 * 60],
  ] as const)('the %s token has the claims of the contract', async (type, typ, lifetime) => {
    const { header, claims } = readToken(ann[type]);
    const iat = Math.floor(clock.now() / 1000);

    expect(header).toEqual({ alg: 'EdDSA', typ, kid: expect.stringMatching(/^[\w-]{43}$/) });
    expect(claims).toEqual({
      token_type: type,
      user_id: ann.id,
      sub: String(ann.id),
      sid: expect.any(String),
      jti: expect.any(String),
      iat,
      exp: iat + lifetime,
      iss: 'mentorship',
      aud: 'mentorship',
    });
  });

  test('every token has a unique jti, every login a new session', async () => {
    const other = await service.api.logIn('Ann');
    const claims = [ann.access, ann.refresh, other.access, other.refresh].map((token) => readToken(token).claims);
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(4);
    expect(new Set(claims.map(({ sid }) => sid)).size).toBe(2);
  });

  test.each(['ann', 'ANN', ' Ann ', 'Ａｎｎ'])('finds the user as %j', async (username) => {
    expect(await logIn({ username, password })).toMatchObject({ status: 200 });
  });

  test.each([
    ['an unknown user', { username: 'unknown', password }],
    ['a wrong password', { username: 'Ann', password: '12345679' }],
    ['a password with a space more', { username: 'Ann', password: `${password} ` }],
    ['no password', { username: 'Ann', password: '' }],
    ['no name', { username: '', password }],
    ['a short password', { username: 'Ann', password: '1' }],
    ['a long password', { username: 'Ann', password: 'x'.repeat(10_000) }],
    ['an invalid username', { username: 'a b/c', password }],
    ['a long name', { username: 'x'.repeat(10_000), password }],
    ['control characters', { username: 'Ann\u0007', password: '\u0001\u0002' }],
    ['SQL in the username', { username: `Ann' OR '1'='1`, password: `' OR '1'='1` }],
    ['__proto__', { username: '__proto__', password }],
  ])('with %s is always the same 401', async (_, body) => {
    const answer = await logIn(body);
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(answer.body).toEqual({
      type: 'urn:mentorship:problem:invalid_credentials',
      title: expect.any(String),
      status: 401,
      detail: 'No account has this username and password. Check both and try again.',
      code: 'invalid_credentials',
    });
  });

  test('compares passwords in NFKC', async () => {
    await service.api.join('ligature', { password: 'ﬁle-1234' });
    expect(await logIn({ username: 'ligature', password: 'file-1234' })).toMatchObject({ status: 200 });
  });

  test('and refresh ignore a malformed Authorization header', async () => {
    const headers = { authorization: 'Bearer garbage' };
    const body = { username: 'Ann', password };
    expect(await service.api.call('POST', '/api/login', { headers, body })).toMatchObject({ status: 200 });
    expect(
      await service.api.call('POST', '/api/token/refresh', { headers, body: { refresh: ann.refresh } }),
    ).toMatchObject({ status: 200 });
  });
});

describe('refresh', () => {
  test('returns exactly an access token, every time, and each one works', async () => {
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await refresh(ann.refresh);
      expect({ status, body }).toEqual({ status: 200, body: { access: expect.any(String) } });
      expect(await me((body as { access: string }).access)).toMatchObject({ status: 200, body: { username: 'Ann' } });
    }
  });

  test('accepts a trailing slash', async () => {
    const body = { refresh: ann.refresh };
    expect(await service.api.call('POST', '/api/token/refresh/', { body })).toMatchObject({ status: 200 });
  });

  test.each(['', 'garbage', 'a.b.c', 'null', 'x'.repeat(20_000)])('of %.20j is a 401', async (token) => {
    expect(await refresh(token)).toMatchObject(tokenRefused);
  });

  test('of an access token is a 401', async () => {
    expect(await refresh(ann.access)).toMatchObject(tokenRefused);
  });
});

describe('logout', () => {
  test('answers 205 without content and ends the session at once', async () => {
    const answer = await logOut(ann.access, ann.refresh);

    expect(answer).toMatchObject({ status: 205, text: '', headers: { 'content-length': '0' } });
    expect(answer.headers).not.toHaveProperty('content-type');
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
    expect(await me(ann.access)).toMatchObject(tokenRefused);
    expect(await refresh(ann.refresh)).toMatchObject(tokenRefused);
  });

  test('is a 400 the second time', async () => {
    await logOut(ann.access, ann.refresh);
    expect(await logOut(ann.access, ann.refresh)).toMatchObject(logoutRefused);
  });

  test('with the access token of an ended session ends another session of the same user', async () => {
    const other = await service.api.logIn('Ann');
    await logOut(ann.access, ann.refresh);
    expect(await logOut(ann.access, other.refresh)).toMatchObject({ status: 205 });
    expect(await me(other.access)).toMatchObject(tokenRefused);
  });

  test('ends the session of the refresh token, not of the access token', async () => {
    const other = await service.api.logIn('Ann');
    expect(await logOut(ann.access, other.refresh)).toMatchObject({ status: 205 });
    expect(await me(other.access)).toMatchObject(tokenRefused);
    expect(await me(ann.access)).toMatchObject({ status: 200 });
  });

  test('of another user’s session is a 400, and the session stays open', async () => {
    expect(await logOut(ann.access, bob.refresh)).toMatchObject(logoutRefused);
    expect(await refresh(bob.refresh)).toMatchObject({ status: 200 });
    expect(await me(bob.access)).toMatchObject({ status: 200 });
  });

  test.each(['', 'garbage', 'a.b.c'])('of %j is a 400', async (token) => {
    expect(await logOut(ann.access, token)).toMatchObject(logoutRefused);
    expect(await me(ann.access)).toMatchObject({ status: 200 });
  });

  test('of an access token is a 400', async () => {
    expect(await logOut(ann.access, ann.access)).toMatchObject(logoutRefused);
  });

  test('without a token is a 401, and the session stays open', async () => {
    expect(await service.api.call('POST', '/api/logout', { body: { refresh: ann.refresh } })).toMatchObject({
      status: 401,
      body: { code: 'not_authenticated' },
    });
    expect(await refresh(ann.refresh)).toMatchObject({ status: 200 });
  });
});

describe('a new password', () => {
  test('ends all other sessions and keeps this one', async () => {
    const eve = await service.api.join('eve');
    const other = await service.api.logIn('eve');
    const body = { password: 'newpassword123' };
    expect(await service.api.call('PATCH', '/api/users/me', { token: eve.access, body })).toMatchObject({
      status: 200,
    });

    expect(await me(eve.access)).toMatchObject({ status: 200 });
    expect(await refresh(eve.refresh)).toMatchObject({ status: 200 });
    expect(await me(other.access)).toMatchObject(tokenRefused);
    expect(await refresh(other.refresh)).toMatchObject(tokenRefused);
    expect(await logIn({ username: 'eve', password })).toMatchObject({ status: 401 });
    expect(await logIn({ username: 'eve', password: body.password })).toMatchObject({ status: 200 });
  });
});

describe('time', () => {
  test('an access token is valid for 20 minutes, a refresh token for an hour', async () => {
    clock.advance(minutes(20) - 1000);
    expect(await me(ann.access)).toMatchObject({ status: 200 });
    clock.advance(1000);
    expect(await me(ann.access)).toMatchObject(tokenRefused);
    expect(await logOut(ann.access, ann.refresh)).toMatchObject(tokenRefused);

    clock.advance(minutes(39) + 59_000);
    const { body } = await refresh(ann.refresh);
    const { access } = body as { access: string };
    clock.advance(1000);
    expect(await refresh(ann.refresh)).toMatchObject(tokenRefused);
    expect(await logOut(access, ann.refresh)).toMatchObject(logoutRefused);
    expect(await me(access)).toMatchObject({ status: 200 });
    clock.advance(minutes(20));
    expect(await me(access)).toMatchObject(tokenRefused);
  });

  test('the service signs and verifies for days: it publishes a new key before the old one expires', async () => {
    const first = readToken(ann.access).header['kid'];
    for (let day = 0; day < 3; day += 1) {
      clock.advance(minutes(24 * 60));
      const tokens = await service.api.logIn('Ann');
      expect(readToken(tokens.access).header['kid']).not.toBe(first);
      expect(await me(tokens.access)).toMatchObject({ status: 200 });
    }
  });
});
