import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Account, type Client, password } from '../../support/http/client.ts';
import { mentoring } from '../../support/http/mentorships.ts';
import { type Service, startService, startForTest } from '../../support/http/service.ts';
import { manualClock, minutes } from '../../support/manual-clock.ts';

let service: Service;
let ann: Account;
let bob: Account;

beforeAll(async () => {
  service = await startService();
  bob = await service.api.join('bob');
});
afterAll(() => service.stop());

/** Each test has its own user. */
let users = 0;
beforeEach(async () => {
  ann = await service.api.join(`ann-${(users += 1)}`, { email: 'ann@example.com', phone: '1234567890' });
});

const endOf = ({ access: token }: { access: string }, body: unknown, { api }: { api: Client } = service) =>
  api.call('DELETE', '/api/users/me', { token, body });
const change = ({ access: token }: { access: string }, body: unknown, { api }: { api: Client } = service) =>
  api.call('PATCH', '/api/users/me', { token, body });
const logIn = (username: string, secret = password, { api }: { api: Client } = service) =>
  api.call('POST', '/api/login', { body: { username, password: secret } });
const refresh = (token: string) => service.api.call('POST', '/api/token/refresh', { body: { refresh: token } });
const get = (url: string, token = bob.access) => service.api.call('GET', url, { token });
const names = async () => ((await get('/api/users')).body as { username: string }[]).map(({ username }) => username);

const rejected = { status: 401, body: { code: 'token_not_valid' } };
const fieldRefused = (code: string) => ({
  status: 400,
  body: { code: 'validation_failed', errors: [{ field: 'current_password', code }] },
});

describe('the end of an account', () => {
  test('answers 204 without content and revokes every token at once', async () => {
    const other = await service.api.logIn(ann.username);
    const answer = await endOf(ann, { current_password: password });

    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers).not.toHaveProperty('content-type');
    for (const tokens of [ann, other]) {
      expect(await get('/api/users/me', tokens.access)).toMatchObject(rejected);
      expect(await refresh(tokens.refresh)).toMatchObject(rejected);
    }
    expect(await endOf(ann, { current_password: password })).toMatchObject(rejected);
  });

  test('rejects a login as it rejects an unknown username', async () => {
    await endOf(ann, { current_password: password });
    const answer = await logIn(ann.username);
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect(answer.body).toEqual((await logIn('unknown')).body);
  });

  test('removes the user from the list and from its URL', async () => {
    await endOf(ann, { current_password: password });
    expect(await names()).not.toContain(ann.username);
    expect(await get(`/api/users/${ann.id}`)).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
    expect((await get('/api/users')).text).not.toMatch(/ann@example|ended|deleted/i);
  });

  test('leaves mentees without a mentor and mentors without the mentee', async () => {
    const mentee = await service.api.join(`mentee-of-${ann.username}`, { mentor_username: ann.username });
    await change(ann, { mentor: 'bob' });
    await endOf(ann, { current_password: password });

    expect(await get('/api/users/me', mentee.access)).toMatchObject({ status: 200, body: { mentor_username: null } });
    expect((await get(`/api/users/${bob.id}`)).body).not.toMatchObject({
      mentees: expect.arrayContaining([ann.username]) as string[],
    });
    expect((await get(`/api/users?mentor=${ann.username}`)).body).toEqual([]);
    expect(await change(mentee, { mentor: ann.username })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'mentor' }] },
    });
  });

  test('frees the username, whose next owner gets a new id and none of the old data', async () => {
    await endOf(ann, { current_password: password });
    const next = await service.api.join(ann.username.toUpperCase());

    expect(next.id).toBeGreaterThan(ann.id);
    expect(await get('/api/users/me', next.access)).toMatchObject({
      body: { id: next.id, username: ann.username.toUpperCase(), email: null, phone: null, mentees: [] },
    });
    expect(await get('/api/users/me', ann.access)).toMatchObject(rejected);
    expect(await get(`/api/users/${ann.id}`)).toMatchObject({ status: 404 });
    const events = (await get('/api/users/me/events', next.access)).body as { type: string }[];
    expect(events.map(({ type }) => type)).toEqual(['logged_in', 'registered']);
  });

  test.each([
    ['another password', { current_password: '12345679' }, 'incorrect_password'],
    ['none at all', {}, 'required'],
    ['a blank one', { current_password: '' }, 'incorrect_password'],
    ['the masked one', { current_password: '$argon2id$v=19$m=19456,t=2,p=1$********' }, 'incorrect_password'],
    ['a number', { current_password: 12345678 }, 'wrong_type'],
    ['null', { current_password: null }, 'wrong_type'],
  ])('needs the current password: rejects %s with a 400 and keeps the account', async (_, body, code) => {
    expect(await endOf(ann, body)).toMatchObject(fieldRefused(code));
    expect(await get('/api/users/me', ann.access)).toMatchObject({
      status: 200,
      body: { username: ann.username, email: 'ann@example.com' },
    });
    expect(await logIn(ann.username)).toMatchObject({ status: 200 });
  });

  test('rejects any other field and names the one it knows', async () => {
    const { body } = await endOf(ann, { password });
    expect(body).toMatchObject({
      errors: [
        { field: 'current_password', code: 'required' },
        { field: 'password', code: 'unknown_field' },
      ],
    });
    expect((body as { detail: string }).detail).toContain('current_password');
  });

  test('answers 400 without a body or with malformed JSON', async () => {
    for (const call of [{}, { payload: '{' }, { payload: '[]' }, { headers: { 'content-type': 'application/json' } }])
      expect(await service.api.call('DELETE', '/api/users/me', { token: ann.access, ...call })).toMatchObject({
        status: 400,
      });
    expect(await get('/api/users/me', ann.access)).toMatchObject({ status: 200 });
  });

  test('is for the owner only', async () => {
    for (const url of [`/api/users/${ann.id}`, `/api/users/${ann.username}`])
      expect(
        await service.api.call('DELETE', url, { token: bob.access, body: { current_password: password } }),
      ).toMatchObject({ status: 405 });
    expect(await endOf(bob, { current_password: '12345679' })).toMatchObject({ status: 400 });
    expect(await names()).toEqual(expect.arrayContaining(['bob', ann.username]));
  });
});

describe('the mentorships of an account that has ended', () => {
  test('end, show a pseudonym, lose the messages of both sides and get a new version', async () => {
    const { asked, change, get: read } = mentoring(service.api);
    const carl = await service.api.join(`carl-of-${ann.username}`);
    const completed = await asked(ann, { mentor: 'bob', message: 'Teach me.' });
    await change(bob, completed, { status: 'active' });
    await change(bob, completed, { status: 'completed', reason: 'Well done.' });
    const active = await asked(bob, { mentor: ann.username, message: 'Now you.' });
    const accepted = await change(ann, active, { status: 'active', reason: 'Of course.' });
    const requested = await asked(carl, { mentor: ann.username, message: 'Me too.' });
    await endOf(ann, { current_password: password });

    const pseudonym = `former user ${ann.id}`;
    for (const [by, id, expected] of [
      [bob, completed, { mentee_username: pseudonym, status: 'completed', reason: null, version: 4 }],
      [bob, active, { mentor_username: pseudonym, status: 'ended', reason: 'account_ended', version: 4 }],
      [carl, requested, { mentor_username: pseudonym, status: 'cancelled', reason: 'account_ended', version: 3 }],
    ] as const)
      expect(await read(by, `/api/mentorships/${id}`)).toMatchObject({
        headers: { etag: `"${expected.version}"` },
        body: { ...expected, message: null, ended_at: expect.any(String) as string },
      });
    expect((await read(bob, `/api/users/${ann.id}/mentorships`)).body).toMatchObject([
      { id: active },
      { id: completed },
    ]);
    const { etag = '' } = accepted.headers;
    expect(await change(bob, active, { status: 'ended' }, { 'if-match': etag })).toMatchObject({ status: 412 });
    expect(await change(bob, active, { status: 'ended' })).toMatchObject({ status: 409, body: { allowed: [] } });

    const { started_at: then } = accepted.body as { started_at: string };
    const graph = await read(bob, `/api/mentorships/graph?at=${then}`);
    expect(graph.body).toMatchObject({ edges: [{ mentor_username: pseudonym, mentee_username: 'bob' }] });
    expect(await read(bob, `/api/mentorships/graph?root=${ann.username}&at=${then}`)).toMatchObject({ status: 400 });
    expect((await read(bob, '/api/mentorships')).text + graph.text).not.toContain(ann.username);
  });
});

describe('a current password sent with a change', () => {
  test('allows the change if it is correct', async () => {
    const body = { current_password: password, password: 'newpassword123', email: '' };
    expect(await change(ann, body)).toMatchObject({ status: 200, body: { email: null } });
    expect(await logIn(ann.username, 'newpassword123')).toMatchObject({ status: 200 });
  });

  test.each([{ password: 'newpassword123' }, { email: 'new@example.com' }, {}])(
    'rejects all of %j if it is wrong',
    async (changes) => {
      const answer = await change(ann, { ...changes, current_password: '12345679' });
      expect(answer).toMatchObject(fieldRefused('incorrect_password'));
      expect(await get('/api/users/me', ann.access)).toMatchObject({ body: { email: 'ann@example.com' } });
      expect(await logIn(ann.username)).toMatchObject({ status: 200 });
    },
  );

  test('is not part of the detail', async () => {
    expect((await change(ann, { current_password: password })).body).not.toHaveProperty('current_password');
  });

  test.each([null, 1, [], {}])('rejects %j with a 400', async (current) => {
    expect(await change(ann, { current_password: current })).toMatchObject(fieldRefused('wrong_type'));
  });
});

describe('REQUIRE_CURRENT_PASSWORD=true', () => {
  const started = async () => {
    const strict = await startForTest({ settings: { REQUIRE_CURRENT_PASSWORD: 'true' }, clock: manualClock() });
    return { strict, john: await strict.api.join('john') };
  };

  test('rejects a new password without the current one or with a wrong one', async () => {
    const { strict, john } = await started();
    const other = await strict.api.logIn('john');
    for (const [body, code] of [
      [{ password: 'newpassword123' }, 'required'],
      [{ password: 'newpassword123', email: 'new@example.com' }, 'required'],
      [{ password: 'newpassword123', current_password: 'newpassword123' }, 'incorrect_password'],
    ] as const)
      expect(await change(john, body, strict)).toMatchObject(fieldRefused(code));

    expect(await strict.api.call('GET', '/api/users/me', { token: other.access })).toMatchObject({
      status: 200,
      body: { email: null },
    });
    expect(await logIn('john', 'newpassword123', strict)).toMatchObject({ status: 401 });
    expect(await logIn('john', password, strict)).toMatchObject({ status: 200 });
  });

  test('sets a new password sent with the current one', async () => {
    const { strict, john } = await started();
    const body = { password: 'newpassword123', current_password: password };
    expect(await change(john, body, strict)).toMatchObject({ status: 200 });
    expect(await logIn('john', 'newpassword123', strict)).toMatchObject({ status: 200 });
  });

  test('allows every other change, and the complete detail sent back unchanged', async () => {
    const { strict, john } = await started();
    const { body } = await change(john, { email: 'new@example.com', phone: '1234567890', mentor: '' }, strict);
    expect(body).toMatchObject({ email: 'new@example.com' });
    expect(await change(john, body, strict)).toMatchObject({ status: 200, body: body as object });
  });
});

describe('a wrong current password', () => {
  test('counts as a failed login on every route', async () => {
    const clock = manualClock();
    const limited = await startForTest({ settings: { LOGIN_BUDGET: '2/1m' }, clock });
    const john = await limited.api.join('john');
    const tooMany = { status: 429, headers: { 'retry-after': '60' }, body: { code: 'too_many_attempts' } };

    expect(await change(john, { current_password: 'wrong' }, limited)).toMatchObject({ status: 400 });
    expect(await endOf(john, { current_password: 'wrong' }, limited)).toMatchObject({ status: 400 });
    for (const secret of ['wrong', password]) {
      expect(await change(john, { current_password: secret }, limited)).toMatchObject(tooMany);
      expect(await endOf(john, { current_password: secret }, limited)).toMatchObject(tooMany);
      expect(await logIn('john', secret, limited)).toMatchObject(tooMany);
    }
    clock.advance(minutes(1));
    expect(await endOf(john, { current_password: password }, limited)).toMatchObject({ status: 204 });
  });
});
