import type { UserId } from '@mentorship/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Account, password } from '../../support/http/client.ts';
import { type Service, startOnSqliteForTest, startService } from '../../support/http/service.ts';

let service: Service;
let john: Account;
let alice: Account;

const contact = { email: 'john@example.com', phone: '1234567890' };

beforeAll(async () => {
  service = await startService({ safeHashes: true });
  alice = await service.api.join('Alice');
  await service.api.join('bob');
  john = await service.api.join('john');
  await service.api.join('mike', { mentor_username: 'john' });
});
afterAll(() => service.stop());
beforeEach(async () => {
  await patch({ ...contact, mentor: '' });
  await patch({ mentor: '' }, '/api/users/me', alice);
});

const patch = (body: unknown, url = '/api/users/me', { access: token }: Account = john) =>
  service.api.call('PATCH', url, { token, body });
const detail = async ({ access: token }: Account = john) =>
  (await service.api.call('GET', '/api/users/me', { token })).body as Record<string, unknown>;

describe('updating your own account', () => {
  test("with the README's example", async () => {
    const body = { email: 'new_email@example.com', phone: '123-456-7890', mentor: 'bob', password };
    const answer = await patch(body, `/api/users/${john.id}`);
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.body).toEqual({
      id: john.id,
      username: 'john',
      password: '$argon2id$v=19$m=19456,t=2,p=1$********',
      phone: body.phone,
      email: body.email,
      mentor_username: 'bob',
      mentees: ['mike'],
    });
    expect(await detail()).toEqual(answer.body);
  });

  test.each(['/api/users/me', '/api/users/me/', '/api/users/3', '/api/users/3/'])('works at %s', async (url) => {
    expect(await patch({ phone: '555-0100' }, url)).toMatchObject({ status: 200, body: { id: 3, phone: '555-0100' } });
  });

  test.each([
    ['email', { email: 'other@example.com' }, { email: 'other@example.com' }],
    ['email ""', { email: '' }, { email: null }],
    ['email null', { email: null }, { email: null }],
    ['phone', { phone: '+79999999999' }, { phone: '+79999999999' }],
    ['phone ""', { phone: '' }, { phone: null }],
    ['phone null', { phone: null }, { phone: null }],
    ['mentor', { mentor: 'alice' }, { mentor_username: 'Alice' }],
    ['mentor in another case', { mentor: 'ALICE' }, { mentor_username: 'Alice' }],
    ['mentor with spaces', { mentor: ' alice ' }, { mentor_username: 'Alice' }],
    ['nothing', {}, {}],
  ])('%s changes only this field', async (_, change, changed) => {
    const before = await detail();
    const answer = await patch(change);
    expect(answer.body).toEqual({ ...before, ...changed });
    expect(await detail()).toEqual(answer.body);
  });

  test.each([
    ['""', { mentor: '' }],
    ['null', { mentor: null }],
    ['blank', { mentor: '  ' }],
  ])('mentor %s removes the mentor, if any', async (_, removal) => {
    await patch({ mentor: 'bob' });
    expect(await patch(removal)).toMatchObject({ status: 200, body: { mentor_username: null } });
    expect(await patch(removal)).toMatchObject({ status: 200, body: { mentor_username: null } });
  });

  test('the current mentor sent again, in any case, changes nothing', async () => {
    await patch({ mentor: 'bob' });
    expect(await patch({ mentor: 'BOB' })).toMatchObject({ status: 200, body: { mentor_username: 'bob' } });
  });

  test('a new mentor replaces the current one', async () => {
    await patch({ mentor: 'bob' });
    expect(await patch({ mentor: 'alice' })).toMatchObject({ status: 200, body: { mentor_username: 'Alice' } });
    expect(await detail(alice)).toMatchObject({ mentees: ['john'] });
  });
});

describe('a rejected update stores nothing', () => {
  test.each([
    ['oneself as mentor', { mentor: 'john' }, 400, 'self_mentoring', 'mentor'],
    ['oneself in capitals', { mentor: ' JOHN ' }, 400, 'self_mentoring', 'mentor'],
    ['an unknown mentor', { mentor: 'unknown' }, 400, 'validation_failed', 'mentor'],
    ['a mentee', { mentor: 'mike' }, 409, 'mentor_cycle', 'mentor'],
    ['a bad email', { email: 'nope' }, 400, 'validation_failed', 'email'],
    ['a bad phone', { phone: 'nope' }, 400, 'validation_failed', 'phone'],
    ['a short password', { password: '1234567' }, 400, 'validation_failed', 'password'],
    ['no password', { password: '' }, 400, 'validation_failed', 'password'],
    ['password null', { password: null }, 400, 'validation_failed', 'password'],
    ['an unknown field', { nickname: 'x' }, 400, 'validation_failed', 'nickname'],
  ])('%s', async (_, bad, status, code, field) => {
    const before = await detail();
    for (const good of [{}, { email: 'good@example.com', phone: '555-0100' }])
      expect(await patch({ phone: '1112223333', ...good, ...bad })).toMatchObject({
        status,
        body: { code, errors: [{ field }] },
      });
    expect(await detail()).toEqual(before);
  });

  test('rejects a mentee of a mentee as the mentor', async () => {
    await patch({ mentor: 'alice' });
    const answer = await patch({ mentor: 'mike' }, '/api/users/me', alice);
    expect(answer).toMatchObject({ status: 409, body: { code: 'mentor_cycle', errors: [{ field: 'mentor' }] } });
    expect(await detail(alice)).toMatchObject({ mentor_username: null });
  });

  test('names all invalid fields at once', async () => {
    const { body } = await patch({ email: 'nope', phone: 12, mentor: false, password: 'short', id: '3', nickname: 1 });
    const { errors } = body as { errors: { field: string; code: string }[] };
    expect(Object.fromEntries(errors.map(({ field, code }) => [field, code]))).toEqual({
      email: 'invalid_email',
      phone: 'wrong_type',
      mentor: 'wrong_type',
      password: 'too_short',
      id: 'wrong_type',
      nickname: 'unknown_field',
    });
  });
});

describe('sending back the detail unchanged', () => {
  test.each([
    ['without a mentor', {}],
    ['with a mentor', { mentor: 'bob' }],
    ['with everything absent', { email: '', phone: '' }],
  ])('%s changes nothing, not even the password', async (_, change) => {
    await patch(change);
    const read = await detail();
    expect(await patch(read)).toMatchObject({ status: 200, body: read });
    await expect(service.api.logIn('john')).resolves.toHaveProperty('access');
  });

  test('together with a change, makes only the change', async () => {
    const read = await detail();
    const answer = await patch({ ...read, mentor: 'bob', email: 'other@example.com' });
    expect(answer.body).toEqual({ ...read, mentor_username: 'bob', email: 'other@example.com' });
  });

  test.each([
    ['id', 1, /./],
    ['username', 'johnny', /./],
    ['username', 'JOHN', /./],
    ['mentor_username', 'alice', /"mentor"/],
    ['mentor_username', '', /"mentor"/],
    ['mentees', [], /./],
    ['mentees', ['mike', 'bob'], /./],
    ['mentees', ['Mike'], /./],
  ])('rejects %s changed to %j with a hint', async (field, value, hint) => {
    const read = await detail();
    const answer = await patch({ ...read, [field]: value, phone: '999-999' });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field, code: 'read_only', message: expect.stringMatching(hint) as string }] },
    });
    expect(await detail()).toEqual(read);
  });

  test('names all read-only fields that were changed', async () => {
    const { body } = await patch({ id: 1, username: 'x', mentor_username: 'alice', mentees: [] });
    const fields = (body as { errors: { field: string }[] }).errors.map(({ field }) => field);
    expect(fields.toSorted()).toEqual(['id', 'mentees', 'mentor_username', 'username']);
  });
});

describe('sending back a stored value that new rules refuse', () => {
  const old = { email: 'no at sign', phone: 'call me', bio: 'x'.repeat(3000), skills: ['x'.repeat(80)] };
  const withOld = async () => {
    const started = await startOnSqliteForTest();
    const ann = await started.api.join('ann');
    await started.store.storage.atomically(({ users }) => users.change(ann.id as UserId, old as never));
    const send = (body: object) => started.api.call('PATCH', '/api/users/me', { token: ann.access, body });
    const read = async () => (await started.api.call('GET', '/api/users/me', { token: ann.access })).body as object;
    return { send, read };
  };

  test('makes the other changes', async () => {
    const { send, read } = await withOld();
    const before = await read();
    expect(before).toMatchObject(old);
    expect(await send(before)).toMatchObject({ status: 200, body: before });
    expect(await send({ ...before, phone: '911' })).toMatchObject({ status: 200, body: { ...before, phone: '911' } });
  });

  test('still rejects other invalid values, all at once', async () => {
    const { send, read } = await withOld();
    const before = await read();
    const answer = await send({
      ...before,
      email: 'another',
      skills: ['x'.repeat(81)],
      bio: '',
      nickname: 1,
      mentor: 1,
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    const { errors } = answer.body as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['email', 'mentor', 'nickname', 'skills.0']);
    expect(await read()).toEqual(before);
  });
});

describe('another user’s account', () => {
  const bodies: [string, { payload?: string; body?: unknown; headers?: Record<string, string> }][] = [
    ['a good body', { body: { email: 'x@example.com' } }],
    ['a bad body', { body: { nickname: 1 } }],
    ['malformed JSON', { payload: '{"email":' }],
    ['no body', {}],
    ['an empty body', { payload: '' }],
    ['a wrong content type', { payload: 'x', headers: { 'content-type': 'text/plain' } }],
    ['one megabyte', { payload: JSON.stringify({ email: 'x'.repeat(2 ** 20) }) }],
  ];

  test.each(bodies)('is rejected before the body is read, whether or not it exists: %s', async (_, call) => {
    for (const id of [alice.id, '1/', 999_999, 2 ** 31 - 1])
      expect(await service.api.call('PATCH', `/api/users/${id}`, { token: john.access, ...call })).toMatchObject({
        status: 403,
        body: { code: 'not_yourself' },
      });
    expect(await detail(alice)).toMatchObject({ email: null });
  });

  test.each(bodies)('is a 401 without a token, before any other check: %s', async (_, call) => {
    for (const id of ['me', alice.id, 999_999, 'abc'])
      expect(await service.api.call('PATCH', `/api/users/${id}`, call)).toMatchObject({
        status: 401,
        body: { code: 'not_authenticated' },
      });
  });
});
