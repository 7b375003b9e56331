import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, Method } from '../../support/http/client.ts';
import { mentoring, mentorshipsIn, nextOf, pagesFrom, queryOf } from '../../support/http/mentorships.ts';
import { type Service, startService } from '../../support/http/service.ts';
import { manualClock, minutes } from '../../support/manual-clock.ts';

let service: Service;
let people: ReturnType<typeof mentoring>;
let john: Account;
let above: Account;
let stranger: Account;

/** All of john’s, by ascending id: one of each status, then one open request from each side. */
const all = [
  { status: 'expired', role: 'mentee' },
  { status: 'declined', role: 'mentee' },
  { status: 'cancelled', role: 'mentor' },
  { status: 'completed', role: 'mentor' },
  { status: 'ended', role: 'mentee' },
  { status: 'active', role: 'mentee' },
  { status: 'active', role: 'mentor' },
  { status: 'requested', role: 'mentee' },
  { status: 'requested', role: 'mentor' },
].map((one, at) => ({ ...one, id: at + 1 }));
const idsOf = (filter: (one: (typeof all)[number]) => boolean) =>
  all
    .filter(filter)
    .map(({ id }) => id)
    .toReversed();

beforeAll(async () => {
  const clock = manualClock();
  service = await startService({ clock, settings: { MENTORSHIP_REQUEST_LIFETIME: '10m' } });
  people = mentoring(service.api);
  john = await service.api.join('john');
  stranger = await service.api.join('stranger');
  above = await service.api.join('above');
  const below = await service.api.join('below');
  const asked = await service.api.join('asked');

  const ask = (body: object) => people.asked(john, body);
  const answer = async (by: Account, id: number, ...statuses: string[]) => {
    for (const status of statuses) await people.change(by, id, { status });
  };
  await ask({ mentor: 'asked' });
  clock.advance(minutes(11));
  await answer(above, await ask({ mentor: 'above' }), 'declined');
  await answer(john, await ask({ mentee: 'below' }), 'cancelled');
  await answer(below, await ask({ mentee: 'below' }), 'active', 'completed');
  await answer(asked, await ask({ mentor: 'asked' }), 'active', 'ended');
  await answer(above, await ask({ mentor: 'above' }), 'active');
  await answer(below, await ask({ mentee: 'below' }), 'active');
  await ask({ mentor: 'asked' });
  await ask({ mentee: 'asked' });
});
afterAll(() => service.stop());

const base64url = (text: string) => Buffer.from(text).toString('base64url');
const list = (query = '', by = john) => people.get(by, `/api/mentorships${query}`);
const ids = async (query: string, by = john) => mentorshipsIn(await list(query, by)).map(({ id }) => id);

describe('the list of your mentorships', () => {
  test('has all of them, newest first, each like its own URL', async () => {
    const answer = await list();
    expect(answer).toMatchObject({ status: 200, body: all.toReversed().map(({ id, status }) => ({ id, status })) });
    expect(answer.headers).not.toHaveProperty('link');
    expect(answer.headers).not.toHaveProperty('etag');
    for (const one of mentorshipsIn(answer))
      expect((await people.get(john, `/api/mentorships/${one.id}`)).body).toEqual(one);
  });

  test('has only mentorships in which the user is the mentor or the mentee', async () => {
    expect(await ids('', stranger)).toEqual([]);
    expect(await ids('', above)).toEqual([6, 2]);
    expect(await ids('?role=mentee', above)).toEqual([]);
  });

  test.each([
    ['?role=mentor', idsOf(({ role }) => role === 'mentor')],
    ['?role=mentee', idsOf(({ role }) => role === 'mentee')],
    ...[...new Set(all.map(({ status }) => status))].map(
      (wanted) => [`?status=${wanted}`, idsOf(({ status }) => status === wanted)] as const,
    ),
    ['?status=requested,active', [9, 8, 7, 6]],
    ['?status=active,requested', [9, 8, 7, 6]],
    ['?status=%20requested%20,%20active', [9, 8, 7, 6]],
    ['?status=+active', [7, 6]],
    ['?status=active,active,active', [7, 6]],
    ['?role=mentor&status=active,requested', [9, 7]],
    ['?role=mentor&status=declined', []],
    ['/?role=mentee&limit=1', [8]],
    ['?limit=1000', idsOf(() => true)],
  ] as const)('is filtered by %s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  test.each([
    [
      'status',
      ['', 'Active', 'open', 'active,', ',', ',active', 'active;ended', 'active%00', 'active%20ended'],
      'invalid_choice',
    ],
    ['role', ['', 'both', 'Mentor', 'mentor,mentee', '%00'], 'invalid_choice'],
    ['limit', ['', '0', '1001', '-1', '1e3', 'all'], 'invalid_limit'],
    [
      'cursor',
      ['', '9', 'x', ...['after:0', 'after:1.1', 'after:2147483648', 'before:9', 'after: 9'].map(base64url)],
      'invalid_cursor',
    ],
  ] as const)('rejects an invalid %s with a 400', async (field, values, code) => {
    for (const value of values)
      expect({ value, ...(await list(`?${field}=${value}`)) }).toMatchObject({
        value,
        status: 400,
        body: { code: 'validation_failed', errors: [{ field, code }] },
      });
    for (const twice of [`?${field}=1&${field}=2`, `?${field}&${field}`])
      expect(await list(twice)).toMatchObject({ status: 400, body: { errors: [{ field, code: 'wrong_type' }] } });
  });

  test.each([
    ['statuses', 'Did you mean "status"?'],
    ['rol', 'Did you mean "role"?'],
    ['page', 'The known fields are: role, status, limit, cursor.'],
  ])('rejects the unknown parameter %s with: %s', async (field, message) => {
    expect(await list(`?${field}=1`)).toMatchObject({
      status: 400,
      body: { errors: [{ field, code: 'unknown_field', message: expect.stringContaining(message) as string }] },
    });
  });

  test('names all invalid parameters at once', async () => {
    const { body } = await list('?role=x&status=x&limit=x&cursor=x&x=x');
    const { errors } = body as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['cursor', 'limit', 'role', 'status', 'x']);
  });
});

describe('pages of the list', () => {
  test.each([
    ['?limit=1', idsOf(() => true)],
    ['?limit=4', idsOf(() => true)],
    ['?limit=9', idsOf(() => true)],
    ['?role=mentee&limit=2', idsOf(({ role }) => role === 'mentee')],
    ['?status=requested,%20active&limit=3', [9, 8, 7, 6]],
    ['?status=expired&limit=1', [1]],
  ] as const)('from %s on list every entry once', async (query, expected) => {
    const pages = await pagesFrom(`/api/mentorships${query}`, (url) => people.get(john, url));
    const found = pages.map((page) => mentorshipsIn(page).map(({ id }) => id));
    expect(found.flat()).toEqual(expected);
    const { limit } = queryOf(query);
    expect(found.map(({ length }) => length).slice(0, -1)).toEqual(Array(found.length - 1).fill(Number(limit)));
    expect(found).toHaveLength(Math.ceil(expected.length / Number(limit)));
  });

  test('the Link keeps the query', async () => {
    const asked = { role: 'mentee', status: 'requested, active,active', limit: '1' };
    const link = nextOf(await list(`?${new URLSearchParams(asked).toString()}`));
    expect(queryOf(link)).toEqual({ ...asked, cursor: expect.stringMatching(/^[\w-]+$/) as string });
  });
});

describe('the URLs of mentorships', () => {
  // oxfmt-ignore
  const allowed: [url: string, methods: Method[]][] = [
    ['/api/mentorships', ['GET', 'HEAD', 'POST']],
    ['/api/mentorships/1', ['GET', 'HEAD', 'PATCH']],
    ['/api/mentorships/abc', ['GET', 'HEAD', 'PATCH']],
    ['/api/mentorships/graph', ['GET', 'HEAD']],
    ['/api/users/me/mentorships', ['GET', 'HEAD']],
    ['/api/users/1/mentorships', ['GET', 'HEAD']],
  ];

  test.each(allowed)('%s supports exactly %j', async (url, methods) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)
      for (const at of [url, `${url}/`, `${url}?x=1`]) {
        if (methods.includes(method)) continue;
        const answer = await service.api.call(method, at, { token: john.access, payload: '{' });
        expect({ at, ...answer }).toMatchObject({ at, status: 405, body: { code: 'method_not_allowed' } });
        expect(answer.headers['allow']?.split(', ').toSorted()).toEqual(methods);
      }
  });

  test.each(allowed.filter(([url]) => !url.endsWith('abc')))('%s accepts a trailing slash and HEAD', async (url) => {
    const get = await people.get(john, `${url}?limit=1`);
    expect(get.status).toBe(200);
    expect(await people.get(john, `${url}/?limit=1`)).toMatchObject({ status: 200, body: get.body as object });
    const head = await service.api.call('HEAD', `${url}?limit=1`, { token: john.access });
    const { etag, link, 'content-length': length } = get.headers;
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'content-length': length } });
    expect([head.headers['etag'], head.headers['link']]).toEqual([etag, link]);
  });

  test.each(allowed)('%s is a 401 without a token, before any other check', async (url, methods) => {
    for (const method of methods.filter((one) => one !== 'HEAD'))
      expect(await service.api.call(method, `${url}?x=1`, method === 'GET' ? {} : { payload: '{' })).toMatchObject({
        status: 401,
        body: { code: 'not_authenticated' },
      });
  });

  test.each([
    ['PATCH', '/api/mentorships/%67raph', 'GET, HEAD'],
    ['PUT', '/%61pi/mentorships/1', 'GET, HEAD, PATCH'],
  ] as const)('%s %s with percent-encoded letters is the same URL', async (method, url, allow) => {
    const answer = await service.api.unchecked(method, url, { token: john.access, body: {} });
    expect(answer).toMatchObject({ status: 405, headers: { allow } });
  });

  test('POST and PATCH accept a trailing slash', async () => {
    const token = stranger.access;
    const asked = await service.api.call('POST', '/api/mentorships/', { token, body: { mentor: 'asked' } });
    expect(asked.status).toBe(201);
    const url = `${asked.headers['location']}/`;
    expect(await service.api.call('PATCH', url, { token, body: { status: 'cancelled' } })).toMatchObject({
      status: 200,
    });
  });
});
