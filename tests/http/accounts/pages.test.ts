import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account } from '../../support/http/client.ts';
import { startOnSqlite } from '../../support/http/service.ts';
import { stoppedAt } from '../../support/manual-clock.ts';
import { begin, newUser } from '../../support/records.ts';

let service: Awaited<ReturnType<typeof startOnSqlite>>;
let root: Account;

/** Enough for a second page, all but the last two of them mentees of the first. */
const total = 1005;
const menteeCount = total - 3;

beforeAll(async () => {
  service = await startOnSqlite();
  root = await service.api.join('Root');
  // Directly into the store: a thousand registrations would hash passwords for half a minute.
  await service.store.storage.atomically(async ({ users, mentorships }) => {
    await mentorships.lockGraph(stoppedAt(0));
    for (let index = 2; index <= total; index += 1) {
      const user = await users.add(newUser(`user-${index}`));
      if (user && index < total - 1) await begin(mentorships, user, root as never, 0);
    }
  });
});
afterAll(() => service.stop());

type Page = { names: string[]; next: string | undefined };

const nameOf = (id: number) => (id === 1 ? 'Root' : `user-${id}`);
const namesUpTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => nameOf(first + index));

const page = async (url: string): Promise<Page> => {
  const { status, body, headers } = await service.api.call('GET', url, { token: root.access });
  expect(status).toBe(200);
  return { names: (body as { username: string }[]).map(({ username }) => username), next: nextOf(headers['link']) };
};

/** A relative Link (RFC 8288): a path with its query. */
const nextOf = (link: string | undefined): string | undefined => {
  if (link === undefined) return undefined;
  expect(link).toMatch(/^<\/api\/users\?[^<>\s"]+>; rel="next"$/);
  return link.slice(1, link.indexOf('>'));
};

const walk = async (url: string): Promise<string[][]> => {
  const pages: string[][] = [];
  for (let next: string | undefined = url; next !== undefined;) {
    const found: Page = await page(next);
    pages.push(found.names);
    next = found.next;
  }
  return pages;
};

describe('pages of the list on sqlite', () => {
  test('a page has 1,000 users without a limit, and its Link leads to the rest', async () => {
    expect(await walk('/api/users')).toEqual([namesUpTo(1000), namesUpTo(total, 1001)]);
  });

  test.each([7, 100, 201, 999])('pages of %i list every user once, in order', async (limit) => {
    const pages = await walk(`/api/users?limit=${limit}`);
    expect(pages.flat()).toEqual(namesUpTo(total));
    expect(pages.map(({ length }) => length).slice(0, -1)).toEqual(Array(pages.length - 1).fill(limit));
    expect(pages).toHaveLength(Math.ceil(total / limit));
  });

  test('the Link keeps the limit and the mentor', async () => {
    const { next = '' } = await page('/api/users?limit=7&mentor=ROOT');
    const query = new URL(next, 'http://localhost').searchParams;
    expect(Object.fromEntries(query)).toEqual({ limit: '7', mentor: 'ROOT', cursor: expect.any(String) });
  });

  test('lists a mentor’s mentees in pages', async () => {
    expect((await walk('/api/users?mentor=root&limit=250')).flat()).toEqual(namesUpTo(menteeCount + 1, 2));
  });

  test.each([`/api/users?limit=${total % 1000}&cursor=`, '/api/users?limit=1000&cursor='])(
    'the last page has no Link, even when it is full (%s)',
    async (url) => {
      const { next = '' } = await page('/api/users');
      const cursor = new URL(next, 'http://localhost').searchParams.get('cursor');
      expect(await page(url + cursor)).toEqual({ names: namesUpTo(total, 1001), next: undefined });
    },
  );

  test('a user who registers during a walk is on its last page', async () => {
    const { next = '' } = await page('/api/users');
    await service.store.storage.atomically(({ users }) => users.add(newUser('late')));
    expect((await page(next)).names).toEqual([...namesUpTo(total, 1001), 'late']);
  });
});

describe('more than 1,000 mentees on sqlite', () => {
  const detail = async (token = root.access) => service.api.call('GET', '/api/users/1', { token });

  test('the detail lists the first 1,000 and has a Link to the rest', async () => {
    const { body, headers } = await detail();
    expect((body as { mentees: string[] }).mentees).toEqual(namesUpTo(1001, 2));
    const rest = await walk(nextOf(headers['link']) ?? '');
    expect(rest).toEqual([namesUpTo(menteeCount + 1, 1002)]);
  });

  test('/api/users/me does so too', async () => {
    const { headers } = await service.api.call('GET', '/api/users/me', { token: root.access });
    expect(headers['link']).toBe((await detail()).headers['link']);
  });

  test('sending the whole detail back changes nothing', async () => {
    const { body, headers } = await detail();
    const answer = await service.api.call('PATCH', '/api/users/me', { token: root.access, body });
    expect(answer).toMatchObject({ status: 200, body: body as object });
    expect(answer.headers['link']).toBe(headers['link']);
  });

  test('a user with few mentees has no Link', async () => {
    const { headers } = await service.api.call('GET', '/api/users/2', { token: root.access });
    expect(headers).not.toHaveProperty('link');
  });
});
