import type { User } from '@mentorship/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../support/http/client.ts';
import { nextOf, pagesFrom, queryOf } from '../../support/http/mentorships.ts';
import { startOnSqlite } from '../../support/http/service.ts';
import { type ManualClock, manualClock, stoppedAt } from '../../support/manual-clock.ts';
import { addUsers, begin, end, hour } from '../../support/records.ts';

let clock: ManualClock;
let service: Awaited<ReturnType<typeof startOnSqlite>>;
let reader: Account;

const start = Date.UTC(2026, 0, 31, 12);
const timestamp = (hours: number, milliseconds = 0) => new Date(start + hours * hour + milliseconds).toISOString();
const chain = Array.from({ length: 13 }, (_, at) => `link-${at}`);

/** Directly into the store, each with its own timestamp: these tests are about how the graph is shown. */
beforeAll(async () => {
  clock = manualClock(start);
  service = await startOnSqlite({ clock });
  reader = await service.api.join('Alice');
  const alice = { id: reader.id } as User;
  const [bob, carl, dora, eve, finn, gus, hal] = await addUsers(
    service.store,
    'bob',
    'carl',
    'dora',
    'eve',
    'finn',
    'gus',
    'hal',
  );
  const links: User[] = await addUsers(service.store, ...chain);
  await service.store.storage.atomically(async ({ mentorships }) => {
    await mentorships.lockGraph(stoppedAt(start + 3 * hour));
    for (const [mentee, mentor] of [
      [bob, alice],
      [carl, alice],
      [dora, bob],
      [eve, bob],
      [finn, dora],
      [hal, gus],
    ] as const)
      await begin(mentorships, mentee, mentor, start);
    await end(mentorships, eve, 'replaced', start + hour);
    await begin(mentorships, eve, carl, start + hour);
    await end(mentorships, carl, 'removed', start + 2 * hour);
    for (const [at, link] of links.slice(1).entries()) await begin(mentorships, link, links[at]!, start + 3 * hour);
  });
  clock.advance(4 * hour);
  reader = { ...reader, ...(await service.api.logIn('Alice')) };
});
afterAll(() => service.stop());

type Edge = { mentor_username: string; mentee_username: string; depth: number; started_at: string };
type Graph = { root: string | null; at: string; edges: Edge[] };

const get = (url: string) => service.api.call('GET', url, { token: reader.access });
const graph = (query = '') => get(`/api/mentorships/graph${query}`);
const edgesIn = ({ body }: { body: unknown }) => (body as Graph).edges;
const shown = async (query: string) =>
  edgesIn(await graph(query)).map(({ depth, mentor_username: by, mentee_username: of }) => `${depth} ${by} > ${of}`);

const atFirst = ['1 Alice > bob', '2 bob > dora', '3 dora > finn', '2 bob > eve', '1 Alice > carl'];
const moved = ['1 Alice > bob', '2 bob > dora', '3 dora > finn', '1 Alice > carl', '2 carl > eve'];
const atLast = ['1 Alice > bob', '2 bob > dora', '3 dora > finn'];

describe('the graph of mentors', () => {
  test('below a root is a tree: each mentee is followed by their own mentees', async () => {
    expect(await graph(`?root=Alice&at=${timestamp(0)}`)).toMatchObject({
      status: 200,
      body: { root: 'Alice', at: timestamp(0), edges: { length: 5 } },
    });
    expect(edgesIn(await graph(`?root=Alice&at=${timestamp(1)}`)).at(-1)).toEqual({
      mentor_username: 'carl',
      mentee_username: 'eve',
      depth: 2,
      started_at: timestamp(1),
    });
  });

  test('shows the state after the last change without at', async () => {
    const { body } = await graph('?root=alice');
    expect(body).toMatchObject({ at: timestamp(3) });
    expect(await shown('?root=alice')).toEqual(atLast);
  });

  test.each([
    ['an hour before', timestamp(-1), []],
    ['just before', timestamp(0, -1), []],
    ['as it begins', timestamp(0), atFirst],
    ['just before the move', timestamp(1, -1), atFirst],
    ['as it moves', timestamp(1), moved],
    ['just before the end', timestamp(2, -1), moved],
    ['as one ends', timestamp(2), atLast],
    ['with an offset', '2026-01-31T14:00:00%2B02:00', atFirst],
    ['with an offset to the west', '2026-01-31T08:00:00-05:00', moved],
    ['in small letters', '2026-01-31t12:00:00z', atFirst],
    ['with a fraction', '2026-01-31T12:59:59.999999Z', atFirst],
    ['in the year 1', '0001-01-01T00:00:00Z', []],
    ['in the year 0', '0000-01-01T00:00:00Z', []],
    ['on a day that only some years have', '2024-02-29T00:00:00Z', []],
    ['to come', '2099-12-31T23:59:59Z', atLast],
    ['in the last year', '9999-12-31T23:59:59.999Z', atLast],
  ])('%s, at %s', async (_, at, expected) => {
    expect(await shown(`?root=alice&at=${at}`)).toEqual(expected);
  });

  test('lists every user with a mentor by ascending id without a root', async () => {
    expect(await graph(`?at=${timestamp(2)}`)).toMatchObject({ status: 200, body: { root: null, at: timestamp(2) } });
    expect(await shown(`?at=${timestamp(1)}`)).toEqual([
      '1 Alice > bob',
      '1 Alice > carl',
      '1 bob > dora',
      '1 carl > eve',
      '1 dora > finn',
      '1 gus > hal',
    ]);
  });

  test.each([
    ['ALICE', atLast],
    ['%20%EF%BC%A1lice%20', atLast],
    ['dora', ['1 dora > finn']],
    ['finn', []],
    ['eve', []],
  ])('below %s', async (root, expected) => {
    expect(await shown(`?root=${root}`)).toEqual(expected);
  });

  test.each([
    ['', 10],
    ['&depth=1', 1],
    ['&depth=11', 11],
    ['&depth=100', 12],
  ])('goes down the requested depth: root=link-0%s shows %i', async (depth, steps) => {
    const expected = chain.slice(1, steps + 1).map((mentee, at) => `${at + 1} ${chain[at]} > ${mentee}`);
    expect(await shown(`?root=link-0${depth}`)).toEqual(expected);
  });
});

describe('pages of the graph', () => {
  test.each([
    '?',
    `?at=${timestamp(1)}`,
    '?root=alice',
    `?root=alice&at=${timestamp(0)}`,
    `?root=alice&at=${timestamp(1)}&depth=2`,
    `?root=alice&at=${timestamp(1)}&depth=1`,
    '?root=link-0&depth=11',
    '?root=link-0&depth=100',
    '?root=finn',
  ])('of %s have the same edges as one page', async (query) => {
    const complete = edgesIn(await graph(query));
    for (const limit of [1, 2, 3, 5]) {
      const pages = await pagesFrom(`/api/mentorships/graph${query}&limit=${limit}`, get);
      expect(pages.flatMap(edgesIn)).toEqual(complete);
      expect(pages).toHaveLength(Math.max(1, Math.ceil(complete.length / limit)));
    }
  });

  test('keep all parameters, and add at', async () => {
    const cursor = expect.stringMatching(/^[\w-]+$/) as string;
    expect(queryOf(nextOf(await graph('?limit=1')))).toEqual({ limit: '1', at: timestamp(3), cursor });
    const asked = { root: 'ALICE', depth: '7', limit: '1' };
    const query = new URLSearchParams({ ...asked, at: '2026-01-31T14:00:00+02:00' });
    expect(queryOf(nextOf(await graph(`?${query.toString()}`)))).toEqual({ ...asked, at: timestamp(0), cursor });
  });

  test('all show the state of the first page, whatever changes meanwhile', async () => {
    const [complete, first] = [edgesIn(await graph()), await graph('?limit=2')];
    clock.advance(1000);
    const token = reader.access;
    for (const mentor of ['gus', ''])
      expect(await service.api.call('PATCH', '/api/users/me', { token, body: { mentor } })).toMatchObject({
        status: 200,
      });
    const others = await pagesFrom(nextOf(first)!, get);
    expect([first, ...others].flatMap(edgesIn)).toEqual(complete);
    for (const { body } of others) expect(body).toMatchObject({ at: (first.body as Graph).at });
  });
});

describe('an invalid query for the graph', () => {
  const cursors = [
    'after:',
    'after:0',
    'after:1.0',
    'after:1..2',
    'after:1.',
    'after:.1',
    'after:1,2',
    'after:01',
    'after:1e3',
  ];
  const forged = [...cursors, 'after:2147483648', 'before:1', `after:${Array(101).fill(1).join('.')}`, 'after:1\0'];
  // oxfmt-ignore
  const bad: [field: string, code: string, values: string[]][] = [
    ['at', 'invalid_moment', [
      '', 'now', '1e9', '1769860800', '2026-01-31', '2026-01-31T12:00:00', '2026-01-31T12:00Z', '2026-02-30T00:00:00Z',
      '2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-10T00:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T12:60:00Z',
      '2016-12-31T23:59:60Z', '2026-01-31T12:00:60Z', '2026-01-31T12:00:00%2B24:00', '2026-01-31T14:00:00+02:00',
      '10000-01-01T00:00:00Z', '%2B010000-01-01T00:00:00Z', '-000001-01-01T00:00:00Z', '2026-01-31T12:00:00Z%00', '9999-12-31T23:59:59-00:01', '9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00%2B00:01',
      '%EF%BC%92026-01-31T12:00:00Z', 'Sat,%2031%20Jan%202026%2012:00:00%20GMT',
    ]],
    ['root', 'unknown_user', ['', '%20', 'unknown', 'alice%25', 'x'.repeat(151)]],
    ['root', 'invalid_text', ['%00', 'alice%00']],
    ['depth', 'invalid_depth', ['', '0', '101', '1000', '-1', '01', '1.5', '1e1', 'all', '%201', '%EF%BC%91']],
    ['limit', 'invalid_limit', ['', '0', '1001', '-1', '01', 'all']],
    ['cursor', 'invalid_cursor', ['', '1', '!!', '%00', ...forged.map((text) => Buffer.from(text).toString('base64url'))]],
    ['roots', 'unknown_field', ['alice']],
    ['when', 'unknown_field', ['now']],
  ];
  const cases = bad.flatMap(([field, code, values]) => values.map((value) => [field, value, code] as const));

  test.each(cases)('with %s=%s is a 400: %s', async (field, value, code) => {
    expect(await graph(`?${field}=${value}`)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ field, code }] },
    });
  });

  test('explains how to encode the + of an offset', async () => {
    const { body } = await graph('?at=2026-01-31T14:00:00+02:00');
    expect((body as { detail: string }).detail).toContain('as %2B');
  });

  test.each(['root', 'depth', 'at', 'limit', 'cursor'])('rejects %s sent twice', async (field) => {
    expect(await graph(`?${field}=1&${field}=2`)).toMatchObject({
      status: 400,
      body: { errors: [{ field, code: 'wrong_type' }] },
    });
  });

  test('has all its invalid parameters named at once', async () => {
    const { body } = await graph('?depth=0&at=x&limit=0&cursor=x&x=x');
    const { errors } = body as { errors: { field: string }[] };
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['at', 'cursor', 'depth', 'limit', 'x']);
  });

  test.each(['after:2147483647', 'after:1.1.1.1', `after:${Array(100).fill(2147483647).join('.')}`])(
    'accepts the invented cursor %s like any other',
    async (text) => {
      const cursor = Buffer.from(text).toString('base64url');
      for (const query of ['', '&root=alice', '&root=alice&depth=1'])
        expect(await graph(`?cursor=${cursor}${query}`)).toMatchObject({ status: 200 });
    },
  );
});
