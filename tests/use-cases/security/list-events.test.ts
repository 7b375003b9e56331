import { beforeEach, describe, expect, test } from 'vitest';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
  await app.join('bob');
  for (let count = 0; count < 3; count += 1) await app.logInAgain(alice);
});

/** The types on each page, read from the first page to the last. */
const readPages = async (limit?: number): Promise<string[][]> => {
  const pages: string[][] = [];
  let before: number | null = null;
  do {
    const { events, next } = await app.listEvents({ actor: alice.actor, before, ...(limit && { limit }) });
    pages.push(events.map(({ type }) => type));
    before = next;
  } while (before !== null);
  return pages;
};

const [login, registration] = ['logged_in', 'registered'];

describe('in pages', () => {
  test.each([
    [1, [[login], [login], [login], [login], [registration]]],
    [2, [[login, login], [login, login], [registration]]],
    [4, [[login, login, login, login], [registration]]],
    [5, [[login, login, login, login, registration]]],
    [6, [[login, login, login, login, registration]]],
  ])('of %i each event of the user comes once, the newest first', async (limit, pages) => {
    expect(await readPages(limit)).toEqual(pages);
  });

  test('ids descend, and the next page begins below the last id of this one', async () => {
    const { events, next } = await app.listEvents({ actor: alice.actor, limit: 3 });
    const ids = events.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(next).toBe(ids.at(-1));
  });

  test('new events do not shift the next page', async () => {
    const { next } = await app.listEvents({ actor: alice.actor, limit: 4 });
    await app.logInAgain(alice);
    const { events } = await app.listEvents({ actor: alice.actor, limit: 4, before: next });
    expect(events.map(({ type }) => type)).toEqual([registration]);
  });

  test.each([0, 1, -1])('there is no event before id %i', async (before) => {
    expect(await app.listEvents({ actor: alice.actor, before })).toEqual({ events: [], next: null });
  });
});

test('a page has a thousand events at most', async () => {
  for (let count = 0; count < 995; count += 1) await app.logIn({ username: 'alice', password });
  await app.logOut({ ...(await app.logInAgain(alice)), scope: 'all' });
  const pages = (await readPages()).map((page) => page.length);
  expect(pages.slice(0, -1).every((length) => length === 1000)).toBe(true);
  expect(pages.length).toBeGreaterThan(1);
  expect((await readPages(5000)).map((page) => page.length)).toEqual(pages);
});
