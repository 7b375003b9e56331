import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Account, password } from '../../support/http/client.ts';
import { readToken } from '../../support/http/forge.ts';
import { startOnSqlite } from '../../support/http/service.ts';
import { manualClock } from '../../support/manual-clock.ts';

type Event = { id: number; type: string; session_id: string | null; reason: string | null; count: number };

const clock = manualClock();
const { api, store, stop } = await startOnSqlite({
  clock,
  settings: { REFRESH_ROTATION: 'on', LOGIN_BUDGET: '6/15m' },
});
const bob = await api.join('bob');
let ann: Account;
let users = 0;

beforeEach(async () => {
  clock.advance(1000);
  ann = await api.join(`ann-${(users += 1)}`);
});
afterAll(stop);

const from = '192.0.2.7';
const headers = { 'user-agent': 'Browser/1.0' };
const sessionOf = ({ access }: { access: string }) => readToken(access).claims['sid'] as string;
const events = async ({ access: token }: { access: string }, query = '') => {
  const { status, body } = await api.call('GET', `/api/users/me/events${query}`, { token });
  expect(status).toBe(200);
  return body as Event[];
};
/** The events since the first login of `ann`: type, reason and count. */
const news = async (owner: { access: string } = ann) =>
  (await events(owner)).slice(0, -2).map(({ type, reason, count }) => [type, reason, count]);
const logIn = (secret = password, more = {}) =>
  api.call('POST', '/api/login', { body: { username: ann.username, password: secret }, ...more });
const refresh = (token: string) => api.call('POST', '/api/token/refresh', { body: { refresh: token } });

describe('the security events of an account', () => {
  test('have exactly these fields, newest first', async () => {
    clock.advance(5000);
    const tokens = await logIn(password, { from, headers });
    const list = await events(ann);
    expect(list.map(({ type }) => type)).toEqual(['logged_in', 'logged_in', 'registered']);
    expect(list.map(({ id }) => id)).toEqual(list.map(({ id }) => id).toSorted((a, b) => b - a));
    expect(list[0]).toEqual({
      id: expect.any(Number),
      type: 'logged_in',
      created_at: new Date(clock.now()).toISOString(),
      session_id: sessionOf(tokens.body as Account),
      reason: null,
      count: 1,
      user_agent: 'Browser/1.0',
      ip: from,
    });
    expect(list[2]).toMatchObject({ session_id: null, reason: null, count: 1, ip: '127.0.0.1' });
  });

  test('record failed logins as their number doubles, and the last one that the budget allows', async () => {
    for (let attempt = 0; attempt < 8; attempt += 1) await logIn('wrong', { from, headers });
    // An unknown address: the counts of the account, and of account and address.
    expect(await news()).toEqual([
      ['login_throttled', null, 6],
      ['login_failed', null, 4],
      ['login_failed', null, 2],
      ['login_failed', null, 1],
    ]);
    expect((await events(ann))[0]).toMatchObject({ session_id: null, ip: from, user_agent: 'Browser/1.0' });
  });

  test('record failed logins from a known address', async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) await logIn('wrong');
    expect(await news()).toEqual([
      ['login_failed', null, 2],
      ['login_failed', null, 1],
    ]);
  });

  test('record a wrong current password', async () => {
    await api.call('PATCH', '/api/users/me', { token: ann.access, body: { current_password: 'wrong' } });
    expect(await news()).toEqual([['login_failed', null, 1]]);
  });

  test('record a new password and the sessions that it ended', async () => {
    const other = await api.logIn(ann.username);
    const body = { password: 'newpassword123', email: 'new@example.com' };
    await api.call('PATCH', '/api/users/me', { token: ann.access, body });
    const list = await events(ann);
    expect(list.slice(0, 2)).toEqual([
      expect.objectContaining({ type: 'session_ended', reason: 'password_changed', session_id: sessionOf(other) }),
      expect.objectContaining({ type: 'password_changed', reason: null, session_id: sessionOf(ann) }),
    ]);
  });

  test.each([
    ['session', 1],
    ['others', 2],
    ['all', 3],
  ])('record a logout with the scope %s: %i ended sessions', async (scope, ended) => {
    await api.logIn(ann.username);
    const third = await api.logIn(ann.username);
    await api.call('POST', '/api/logout', { token: ann.access, body: { refresh: third.refresh, scope } });
    const survivor = await api.logIn(ann.username);
    const found = (await events(survivor)).filter(({ type }) => type === 'session_ended');
    expect(found.map(({ reason }) => reason)).toEqual(Array(ended).fill('logout'));
    expect(found.some((event) => event.session_id === sessionOf(third))).toBe(scope !== 'others');
  });

  test('record a session ended from the list', async () => {
    const other = await api.logIn(ann.username);
    await api.call('DELETE', `/api/sessions/${sessionOf(other)}`, { token: ann.access, from, headers });
    expect((await events(ann))[0]).toMatchObject({
      type: 'session_ended',
      reason: 'revoked',
      session_id: sessionOf(other),
      ip: from,
    });
  });

  test('record the reuse of a replaced refresh token', async () => {
    const other = (await logIn()).body as Account;
    await refresh(other.refresh);
    clock.advance(31_000);
    await refresh(other.refresh);
    expect((await events(ann)).slice(0, 2)).toEqual([
      expect.objectContaining({ type: 'session_ended', reason: 'refresh_token_reused', session_id: sessionOf(other) }),
      expect.objectContaining({ type: 'refresh_token_reused', reason: null, session_id: sessionOf(other) }),
    ]);
  });

  test('keep the end of the account, for investigations only', async () => {
    await api.call('DELETE', '/api/users/me', { token: ann.access, body: { current_password: password } });
    const kept = await store.securityEventDirectory.list({ userId: ann.id as never, before: null, limit: 3 });
    expect(kept.map(({ type, reason }) => [type, reason])).toEqual([
      ['session_ended', 'account_ended'],
      ['account_ended', null],
      ['logged_in', null],
    ]);
  });

  test('do not include reads, changes of contact, refreshes or rejected requests', async () => {
    await api.call('GET', '/api/users', { token: ann.access });
    await api.call('PATCH', '/api/users/me', { token: ann.access, body: { email: 'new@example.com', mentor: 'bob' } });
    await refresh(ann.refresh);
    await refresh('garbage');
    await api.call('DELETE', `/api/sessions/${sessionOf(bob)}`, { token: ann.access });
    await api.call('POST', '/api/registration', { body: { username: ann.username, password } });
    expect(await news()).toEqual([]);
  });

  test('are visible to the owner only', async () => {
    const mine = new Set((await events(ann)).map(({ id }) => id));
    const theirs = await events(await api.logIn('bob'));
    expect(theirs.filter(({ id }) => mine.has(id))).toEqual([]);
    for (const url of [`/api/users/${ann.id}/events`, `/api/users/${ann.username}/events`])
      expect(await api.call('GET', url, { token: ann.access })).toMatchObject({ status: 404 });
  });

  test('are not cached', async () => {
    const { headers: received } = await api.call('GET', '/api/users/me/events', { token: ann.access });
    expect(received).toMatchObject({ 'cache-control': 'no-store' });
  });
});

describe('pages of events', () => {
  test.each([1, 2, 3, 1000])('pages of %i list every event once, in order', async (limit) => {
    for (let login = 0; login < 3; login += 1) await api.logIn(ann.username);
    const all = await events(ann);
    const found: Event[] = [];
    let pages = 0;
    for (let next: string | undefined = `/api/users/me/events?limit=${limit}`; next !== undefined; pages += 1) {
      const { status, body, headers: received } = await api.call('GET', next, { token: ann.access });
      expect(status).toBe(200);
      found.push(...(body as Event[]));
      next = /^<(\/api\/users\/me\/events\?[^<>\s"]+)>; rel="next"$/.exec(received['link'] ?? '')?.[1];
    }
    expect(found).toEqual(all);
    expect(pages).toBe(Math.ceil(all.length / limit));
  });

  test('a cursor never leads to another user’s events', async () => {
    const { headers: received } = await api.call('GET', '/api/users/me/events?limit=1', { token: ann.access });
    const cursor = /cursor=([^&>]+)/.exec(received['link'] ?? '')?.[1];
    const tokens = await api.logIn('bob');
    const own = new Set((await events(tokens)).map(({ id }) => id));
    for (const { id } of await events(tokens, `?cursor=${cursor}`)) expect(own).toContain(id);
  });

  test.each([2 ** 31 - 1, 2 ** 31, Number.MAX_SAFE_INTEGER])('accepts a cursor as large as %i', async (after) => {
    const cursor = Buffer.from(`after:${after}`).toString('base64url');
    expect(await events(ann, `?cursor=${cursor}`)).toEqual(await events(ann));
  });

  test.each([
    ['limit', 'limit=0'],
    ['limit', 'limit=1001'],
    ['limit', 'limit=-1'],
    ['limit', 'limit=1.5'],
    ['limit', 'limit=ten'],
    ['limit', 'limit='],
    ['limit', 'limit=1&limit=2'],
    ['cursor', 'cursor='],
    ['cursor', 'cursor=5'],
    ['cursor', 'cursor=garbage'],
    ['cursor', `cursor=${Buffer.from('after:-1').toString('base64url')}`],
    ['cursor', `cursor=${Buffer.from(`after:1 or 1=1`).toString('base64url')}`],
    ['cursor', `cursor=${Buffer.from('after:9007199254740992').toString('base64url')}`],
    ['cursor', `cursor=${'x'.repeat(5000)}`],
    ['page', 'page=2'],
  ])('reject an invalid %s with a 400 that names it (%.30s)', async (field, query) => {
    const answer = await api.call('GET', `/api/users/me/events?${query}`, { token: ann.access });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ field }] } });
  });
});
