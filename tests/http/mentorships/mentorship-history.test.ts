import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../support/http/client.ts';
import { mentoring, mentorshipsIn, nextOf, pagesFrom, queryOf } from '../../support/http/mentorships.ts';
import { type Service, startService } from '../../support/http/service.ts';

let service: Service;
let people: ReturnType<typeof mentoring>;
let alice: Account;
let john: Account;
let bob: Account;
let stranger: Account;

beforeAll(async () => {
  service = await startService();
  people = mentoring(service.api);
  alice = await service.api.join('alice');
  john = await service.api.join('john', { mentor_username: 'alice' }); // 1
  bob = await service.api.join('bob');
  stranger = await service.api.join('stranger');
  await people.change(john, 1, { status: 'completed', reason: 'Thank you.' });
  await people.change(john, await people.asked(bob, { mentor: 'john', message: 'Please.' }), { status: 'active' }); // 2
  await people.change(alice, await people.asked(john, { mentor: 'alice' }), { status: 'declined', reason: 'No time.' }); // 3
  await people.asked(alice, { mentor: 'john', message: 'The other way round.' }); // 4
});
afterAll(() => service.stop());

const history = (of: Account | string, by = john, query = '') =>
  people.get(by, `/api/users/${typeof of === 'string' ? of : of.id}/mentorships${query}`);
const ids = async (of: Account | string, by = john) => mentorshipsIn(await history(of, by)).map(({ id }) => id);

describe('the history of a user', () => {
  test('is everything of your own, newest first, the same at both URLs and in the list', async () => {
    for (const answer of [await history('me'), await history(john)])
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 200,
        body: (await people.get(john, '/api/mentorships')).body,
      });
    expect(await ids('me')).toEqual([4, 3, 2, 1]);
  });

  test('of another user is what you share, in both directions, with messages and reasons', async () => {
    expect(await history(alice)).toMatchObject({
      status: 200,
      body: [
        { id: 4, mentor_username: 'john', mentee_username: 'alice', message: 'The other way round.' },
        { id: 3, mentor_username: 'alice', mentee_username: 'john', status: 'declined', reason: 'No time.' },
        { id: 1, mentor_username: 'alice', mentee_username: 'john', status: 'completed', reason: 'Thank you.' },
      ],
    });
    expect((await history(john, alice)).body).toEqual((await history(alice, john)).body);
    expect(await ids(john, bob)).toEqual([2]);
    expect(await ids('me', bob)).toEqual([2]);
  });

  test('is a 403 for a user who shares nothing', async () => {
    for (const [of, by] of [
      [john, stranger],
      [stranger, john],
      [alice, bob],
    ] as const)
      expect(await history(of, by)).toMatchObject({ status: 403, body: { code: 'not_a_counterpart' } });
    const cursor = Buffer.from('after:9').toString('base64url');
    expect(await history(john, stranger, `?cursor=${cursor}`)).toMatchObject({ status: 403 });
    expect(await history('2147483647', stranger, `?cursor=${cursor}`)).toMatchObject({ status: 404 });
    expect(await history(alice, john, `?cursor=${Buffer.from('after:1').toString('base64url')}`)).toMatchObject({
      status: 200,
      body: [],
    });
    expect(await history('me', stranger)).toMatchObject({ status: 200, body: [] });
    expect(await history(stranger, stranger)).toMatchObject({ status: 200, body: [] });
  });

  test.each(['0', '01', '-1', '1e0', 'abc', 'ME', '%00', '%20', '2147483647', '2147483648', '1'.repeat(100)])(
    'of the unknown id %s is a 404',
    async (id) => {
      expect(await history(id)).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
    },
  );

  test.each(['me', '1', 'stranger'])('of %s is a 401 without a token', async (id) => {
    const answer = await service.api.call('GET', `/api/users/${id}/mentorships?x=1`);
    expect(answer).toMatchObject({ status: 401, body: { code: 'not_authenticated' } });
  });

  test('remains after the other account has ended, with a pseudonym and without messages', async () => {
    const dora = await service.api.join('dora', { mentor_username: 'stranger' });
    const body = { current_password: dora.password };
    await service.api.call('DELETE', '/api/users/me', { token: dora.access, body });
    expect(await history(dora, stranger)).toMatchObject({
      status: 200,
      body: [{ mentee_username: `former user ${dora.id}`, status: 'ended', reason: 'account_ended', message: null }],
    });
    expect(await history(dora, john)).toMatchObject({ status: 404, body: { code: 'user_not_found' } });
  });
});

describe('pages of a history', () => {
  test.each([
    ['me', [4, 3, 2, 1]],
    ['2', [4, 3, 2, 1]],
    ['1', [4, 3, 1]],
  ])('of %s list every entry once, at the same URL', async (of, expected) => {
    for (const limit of [1, 2, 3, 4]) {
      const pages = await pagesFrom(`/api/users/${of}/mentorships?limit=${limit}`, (url) => people.get(john, url));
      expect(pages.flatMap((page) => mentorshipsIn(page).map(({ id }) => id))).toEqual(expected);
      expect(pages).toHaveLength(Math.ceil(expected.length / limit));
      for (const link of pages.map(nextOf).slice(0, -1)) {
        expect(link).toMatch(new RegExp(`^/api/users/${of}/mentorships\\?`));
        expect(queryOf(link)).toEqual({ limit: String(limit), cursor: expect.stringMatching(/^[\w-]+$/) as string });
      }
    }
  });

  test('have a maximum size without a limit', async () => {
    expect((await history('me')).headers).not.toHaveProperty('link');
  });

  test.each([
    ['limit', '0', 'invalid_limit'],
    ['limit', '1001', 'invalid_limit'],
    ['limit', 'x', 'invalid_limit'],
    ['cursor', 'x', 'invalid_cursor'],
    ['cursor', Buffer.from('after:0').toString('base64url'), 'invalid_cursor'],
    ['cursor', Buffer.from('after:3.2').toString('base64url'), 'invalid_cursor'],
    ['role', 'mentor', 'unknown_field'],
    ['status', 'active', 'unknown_field'],
  ])('reject %s=%s with a 400', async (field, value, code) => {
    for (const of of ['me', '1'])
      expect(await history(of, john, `?${field}=${value}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field, code }] },
      });
  });
});
