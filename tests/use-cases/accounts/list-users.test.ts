import type { UserId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTestApplication, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
beforeEach(() => {
  app = createTestApplication();
});

const register = async (usernames: readonly string[], mentorUsername?: string): Promise<void> => {
  for (const username of usernames) await app.registerUser({ username, password, mentorUsername });
};
const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `user${from + index}`);

/** The names on each page, as a client walks on from page to page. */
const walk = async (query: { limit?: number; mentor?: string }): Promise<string[][]> => {
  const pages: string[][] = [];
  let after: UserId | null = null;
  do {
    const { users, next } = await app.listUsers({ ...query, after });
    pages.push(users.map(({ username }) => username));
    after = next;
  } while (after !== null);
  return pages;
};

test('an empty service has an empty list', async () => {
  expect(await app.listUsers({})).toEqual({ users: [], next: null });
});

test('everyone is listed by ascending id, with their mentor', async () => {
  await register(['zoe', 'Bob']);
  await register(['alice'], 'zoe');
  expect(await app.listUsers({})).toEqual({
    users: [
      { id: 1, username: 'zoe', mentorUsername: null },
      { id: 2, username: 'Bob', mentorUsername: null },
      { id: 3, username: 'alice', mentorUsername: 'zoe' },
    ],
    next: null,
  });
});

describe('in pages', () => {
  beforeEach(() => register(names(1, 5)));

  test.each([
    [1, [['user1'], ['user2'], ['user3'], ['user4'], ['user5']]],
    [2, [['user1', 'user2'], ['user3', 'user4'], ['user5']]],
    [4, [names(1, 4), ['user5']]],
    [5, [names(1, 5)]],
    [6, [names(1, 5)]],
  ])('of %i everyone comes once', async (limit, pages) => {
    expect(await walk({ limit })).toEqual(pages);
  });

  test('the next page begins after the last id of this one', async () => {
    expect(await app.listUsers({ limit: 2 })).toMatchObject({ next: 2 });
  });

  test('whoever registers meanwhile comes on the last page', async () => {
    const { next } = await app.listUsers({ limit: 4 });
    await register(['late']);
    const { users } = await app.listUsers({ limit: 4, after: next });
    expect(users.map(({ username }) => username)).toEqual(['user5', 'late']);
  });

  test.each([5, 6, 2 ** 31 - 1])('nobody comes after id %i', async (after) => {
    expect(await app.listUsers({ after })).toEqual({ users: [], next: null });
  });
});

test('a page has a thousand unless asked for fewer', async () => {
  await register(names(1, 1001));
  const pages = await walk({});
  expect(pages.map((page) => page.length)).toEqual([1000, 1]);
  expect(pages.flat()).toEqual(names(1, 1001));
});

describe('of one mentor', () => {
  beforeEach(async () => {
    await register(['Bob', 'carol']);
    await register(['alice'], 'bob');
    await register(['dave'], 'carol');
    await register(['eve', 'frank'], 'bob');
  });

  test.each(['Bob', 'bob', ' BOB ', 'Ｂｏｂ'])('only the mentees are listed, for %j', async (mentor) => {
    expect(await walk({ mentor })).toEqual([['alice', 'eve', 'frank']]);
  });

  test('they come in pages too', async () => {
    expect(await walk({ mentor: 'bob', limit: 2 })).toEqual([['alice', 'eve'], ['frank']]);
    expect(await walk({ mentor: 'bob', limit: 3 })).toEqual([['alice', 'eve', 'frank']]);
  });

  test.each([
    ['someone without mentees', 'alice'],
    ['nobody', 'nobody'],
    ['no name', 'no such name'],
    ['nothing', ''],
  ])('the list for %s is empty', async (_, mentor) => {
    expect(await app.listUsers({ mentor })).toEqual({ users: [], next: null });
  });
});
