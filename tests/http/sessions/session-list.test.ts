import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Account, Call, Tokens } from '../../support/http/client.ts';
import { readToken } from '../../support/http/forge.ts';
import { type Service, startService } from '../../support/http/service.ts';
import { type ManualClock, manualClock, minutes } from '../../support/manual-clock.ts';
import { createDatabase, stores } from '../../support/processes/service.ts';

type Entry = { id: string; created_at: string; last_used_at: string; expires_at: string; current: boolean };

let clock: ManualClock;
let service: Service;
let ann: Account;
let bob: Account;

beforeAll(async () => {
  clock = manualClock();
  service = await startService({ clock });
  bob = await service.api.join('bob');
});
afterAll(() => service.stop());

/** Each test has its own user, with one session. */
let users = 0;
beforeEach(async () => {
  ann = await service.api.join(`ann-${(users += 1)}`);
  bob = { ...bob, ...(await service.api.logIn('bob')) };
});

const logIn = async (call: Call = {}) => {
  clock.advance(1000);
  const body = { username: ann.username, password: ann.password };
  return (await service.api.call('POST', '/api/login', { body, ...call })).body as Tokens;
};
const refresh = (token: string) => service.api.call('POST', '/api/token/refresh', { body: { refresh: token } });
const list = (token: string) => service.api.call('GET', '/api/sessions', { token });
const end = (token: string, id: string, call: Call = {}) =>
  service.api.call('DELETE', `/api/sessions/${id}`, { token, ...call });
const idOf = ({ access }: Tokens) => readToken(access).claims['sid'] as string;
const idsOf = async (token: string) => ((await list(token)).body as Entry[]).map(({ id }) => id);

const rejected = { status: 401, body: { code: 'token_not_valid' } };
const notFound = { status: 404, body: { code: 'session_not_found' } };
const expectOver = async ({ access, refresh: token }: Tokens) => {
  expect(await list(access)).toMatchObject(rejected);
  expect(await refresh(token)).toMatchObject(rejected);
};
const expectAlive = async ({ access, refresh: token }: Tokens) => {
  expect(await list(access)).toMatchObject({ status: 200 });
  expect(await refresh(token)).toMatchObject({ status: 200 });
};

describe('the end of a session without content', () => {
  test.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'image/png', 'nonsense'])(
    'is a 204 with the Content-Type %s',
    async (type) => {
      const [own, other] = [await logIn(), await logIn()];
      const headers = { 'content-type': type, 'content-encoding': 'gzip' };
      expect(await end(own.access, idOf(other), { headers })).toMatchObject({ status: 204 });
    },
  );
});

describe('the list of your sessions', () => {
  test('has exactly these fields, with timestamps in ISO 8601', async () => {
    const now = clock.now();
    const tokens = await logIn({ headers: { 'user-agent': 'Browser/1.0' }, from: '192.0.2.7' });
    const at = new Date(now + 1000).toISOString();
    const { status, body, headers } = await list(tokens.access);

    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect((body as Entry[])[0]).toEqual({
      id: idOf(tokens),
      created_at: at,
      last_used_at: at,
      expires_at: new Date(Math.floor((now + 1000) / 1000) * 1000 + minutes(60)).toISOString(),
      user_agent: 'Browser/1.0',
      ip: '192.0.2.7',
      current: true,
    });
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('has all your own, newest first, and marks the current one', async () => {
    const second = await logIn();
    const third = await logIn();
    const ids = [idOf(third), idOf(second), idOf(ann)];
    for (const tokens of [ann, second, third])
      expect(((await list(tokens.access)).body as Entry[]).map(({ id, current }) => ({ id, current }))).toEqual(
        ids.map((id) => ({ id, current: id === idOf(tokens) })),
      );
    expect(await idsOf(bob.access)).not.toEqual(expect.arrayContaining([idOf(ann)]));
  });

  test('has no ended or expired session', async () => {
    const second = await logIn();
    await service.api.call('POST', '/api/logout', { token: ann.access, body: { refresh: ann.refresh } });
    expect(await idsOf(second.access)).toEqual([idOf(second)]);

    clock.advance(minutes(61));
    expect(await idsOf((await logIn()).access)).not.toContain(idOf(second));
  });

  test('has the last use of a session: its last refresh, which does not extend it', async () => {
    const { created_at: created, expires_at: expiry } = ((await list(ann.access)).body as Entry[])[0]!;
    clock.advance(minutes(5));
    await refresh(ann.refresh);
    expect((await list(ann.access)).body).toEqual([
      expect.objectContaining({
        created_at: created,
        last_used_at: new Date(clock.now()).toISOString(),
        expires_at: expiry,
      }),
    ]);
  });

  test.each([
    ['none', { 'user-agent': '' }, ''],
    ['one of 256 characters', { 'user-agent': 'x'.repeat(256) }, 'x'.repeat(256)],
    ['one of 1,000 characters, cut at 256', { 'user-agent': `${'x'.repeat(256)}y`.padEnd(1000) }, 'x'.repeat(256)],
    ['one with markup and quotes', { 'user-agent': `<b>"' OR 1=1 --` }, `<b>"' OR 1=1 --`],
  ])('keeps the User-Agent of the client: %s', async (_, headers, shown) => {
    expect((await list((await logIn({ headers })).access)).body).toEqual([
      expect.objectContaining({ user_agent: shown }),
      expect.anything(),
    ]);
  });

  test.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
  ])('shows the address %s as %s', async (from, ip) => {
    expect(((await list((await logIn({ from })).access)).body as Entry[])[0]).toMatchObject({ ip });
  });
});

describe('the end of a session', () => {
  test('answers 204 without content and revokes both its tokens at once', async () => {
    const other = await logIn();
    const answer = await end(ann.access, idOf(other));

    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers).not.toHaveProperty('content-type');
    await expectOver(other);
    await expectAlive(ann);
    expect(await idsOf(ann.access)).toEqual([idOf(ann)]);
  });

  test('is possible for your own current session', async () => {
    expect(await end(ann.access, idOf(ann))).toMatchObject({ status: 204 });
    await expectOver(ann);
  });

  test('is a 404 the second time', async () => {
    const other = await logIn();
    await end(ann.access, idOf(other));
    expect(await end(ann.access, idOf(other))).toMatchObject(notFound);
  });

  test('of another user’s session is a 404 like an unknown id, and the session stays open', async () => {
    const answer = await end(ann.access, idOf(bob));
    expect(answer).toMatchObject(notFound);
    expect(answer.body).toEqual((await end(ann.access, 'unknown')).body);
    await expectAlive(bob);
  });

  test.each([
    '0',
    'null',
    'undefined',
    'me',
    'all',
    '*',
    '%25',
    '%00',
    `'%20OR%20'1'='1`,
    '__proto__',
    '..%2Fsessions',
    'x'.repeat(200),
    'x'.repeat(10_000),
    '%F0%9F%98%80',
    '00000000-0000-0000-0000-000000000000',
  ])('with the malformed id %.40s is a 404, and ends no session', async (id) => {
    expect(await end(ann.access, id)).toMatchObject(notFound);
    await expectAlive(ann);
    await expectAlive(bob);
  });

  test('needs the exact id, in its case', async () => {
    expect(await end(ann.access, idOf(ann).toUpperCase())).toMatchObject(notFound);
    expect(await end(ann.access, `${idOf(ann)}%20`)).toMatchObject(notFound);
    await expectAlive(ann);
  });

  test('accepts a JSON content type without a body', async () => {
    const other = await logIn();
    const headers = { 'content-type': 'application/json' };
    expect(await end(ann.access, idOf(other), { headers })).toMatchObject({ status: 204 });
    await expectOver(other);
  });

  test('accepts a trailing slash', async () => {
    expect(await end(ann.access, `${idOf(ann)}/`)).toMatchObject({ status: 204 });
  });
});

describe('a logout', () => {
  const logOut = (scope: unknown, token = ann.access, refreshToken = ann.refresh) =>
    service.api.call('POST', '/api/logout', {
      token,
      body: { refresh: refreshToken, ...(scope !== undefined && { scope }) },
    });

  test.each([
    ['session', 'the session of the refresh token', [true, false, false]],
    [undefined, 'the same without a scope', [true, false, false]],
    ['others', 'all other sessions', [false, true, true]],
    ['all', 'all', [true, true, true]],
  ])('with the scope %s ends %s at once, and no other user’s session', async (scope, _, ended) => {
    const mine = [ann, await logIn(), await logIn()];
    const answer = await logOut(scope);
    expect(answer).toMatchObject({ status: 205, text: '', headers: { 'content-length': '0' } });
    for (const [at, tokens] of mine.entries()) await (ended[at] ? expectOver : expectAlive)(tokens);
    await expectAlive(bob);
  });

  test('of the others keeps the session of the refresh token, not of the access token', async () => {
    const other = await logIn();
    expect(await logOut('others', ann.access, other.refresh)).toMatchObject({ status: 205 });
    await expectOver(ann);
    await expectAlive(other);
  });

  test('of others is a 205 without other sessions too', async () => {
    expect(await logOut('others')).toMatchObject({ status: 205 });
    await expectAlive(ann);
  });

  test.each(['none', 'Session', 'ALL', '', ' all', 'sessions'])('rejects the scope %j with a 400', async (scope) => {
    expect(await logOut(scope)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'scope', code: 'invalid_choice', message: 'Send one of: session, others, all.' }] },
    });
    await expectAlive(ann);
  });

  test.each([null, 1, true, ['all'], { all: true }])('rejects the scope %j with a 400', async (scope) => {
    expect(await logOut(scope)).toMatchObject({ status: 400, body: { errors: [{ field: 'scope' }] } });
    await expectAlive(ann);
  });

  test.each(['session', 'others', 'all'])('of %s with another user’s refresh token ends no session', async (scope) => {
    expect(await logOut(scope, ann.access, bob.refresh)).toMatchObject({
      status: 400,
      body: { code: 'token_not_valid', errors: [{ field: 'refresh' }] },
    });
    await expectAlive(ann);
    await expectAlive(bob);
  });

  test.each(['others', 'all'])('of %s needs an open session', async (scope) => {
    const other = await logIn();
    await logOut('session');
    expect(await logOut(scope)).toMatchObject({ status: 400, body: { code: 'token_not_valid' } });
    await expectAlive(other);
  });
});

describe.each(stores)('the end of a session by a malformed id, on %s', (store) => {
  test('is a 404 and ends no session', async () => {
    await using database = await createDatabase(store);
    const { api, stop } = await startService({ settings: { DATABASE_URL: database.url } });
    const { access: token } = await api.join('ann');
    for (const id of ['%00', 'a%00b', '%F0%9F%98%80', '%20', '%27%20or%201=1--', '%25', 'x'.repeat(129), '..%2F..'])
      expect(await api.call('DELETE', `/api/sessions/${id}`, { token })).toMatchObject(notFound);
    expect(await api.call('GET', '/api/sessions', { token })).toMatchObject({ status: 200, body: [{ current: true }] });
    await stop();
  });
});
