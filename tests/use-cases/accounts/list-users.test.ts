import { maxExamined } from '@mentorship/application';
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

/** The names on each page, read from the first page to the last. */
const readPages = async (query: { limit?: number; mentor?: string }): Promise<string[][]> => {
  const pages: string[][] = [];
  let after: UserId | null = null;
  do {
    const { users, next } = await app.listUsers({ ...query, after });
    pages.push(users.map(({ username }) => username));
    after = next;
  } while (after !== null);
  return pages;
};

test('returns an empty list without users', async () => {
  expect(await app.listUsers({})).toEqual({ users: [], next: null });
});

test('lists all users by ascending id, with their mentors', async () => {
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

test('examines a limited number of users for each page, and says where the next one begins', async () => {
  await register(names(1, maxExamined + 2));
  const hasMentor = true;
  expect(await app.listUsers({ hasMentor })).toEqual({ users: [], next: maxExamined });
  expect(await app.listUsers({ hasMentor, after: maxExamined })).toEqual({ users: [], next: null });
});

describe('in pages', () => {
  beforeEach(() => register(names(1, 5)));

  test.each([
    [1, [['user1'], ['user2'], ['user3'], ['user4'], ['user5']]],
    [2, [['user1', 'user2'], ['user3', 'user4'], ['user5']]],
    [4, [names(1, 4), ['user5']]],
    [5, [names(1, 5)]],
    [6, [names(1, 5)]],
  ])('of %i each user comes once', async (limit, pages) => {
    expect(await readPages({ limit })).toEqual(pages);
  });

  test('the next page begins after the last id of this one', async () => {
    expect(await app.listUsers({ limit: 2 })).toMatchObject({ next: 2 });
  });

  test('a user who registers meanwhile comes on the last page', async () => {
    const { next } = await app.listUsers({ limit: 4 });
    await register(['late']);
    const { users } = await app.listUsers({ limit: 4, after: next });
    expect(users.map(({ username }) => username)).toEqual(['user5', 'late']);
  });

  test.each([5, 6, 2 ** 31 - 1])('there is no user after id %i', async (after) => {
    expect(await app.listUsers({ after })).toEqual({ users: [], next: null });
  });
});

test('a page has a thousand users by default', async () => {
  await register(names(1, 1001));
  const pages = await readPages({});
  expect(pages.map((page) => page.length)).toEqual([1000, 1]);
  expect(pages.flat()).toEqual(names(1, 1001));
});

describe('with a mentor as filter', () => {
  beforeEach(async () => {
    await register(['Bob', 'carol']);
    await register(['alice'], 'bob');
    await register(['dave'], 'carol');
    await register(['eve', 'frank'], 'bob');
  });

  test.each(['Bob', 'bob', ' BOB ', 'Ｂｏｂ'])('lists only the mentees, for %j', async (mentor) => {
    expect(await readPages({ mentor })).toEqual([['alice', 'eve', 'frank']]);
  });

  test('lists them in pages too', async () => {
    expect(await readPages({ mentor: 'bob', limit: 2 })).toEqual([['alice', 'eve'], ['frank']]);
    expect(await readPages({ mentor: 'bob', limit: 3 })).toEqual([['alice', 'eve', 'frank']]);
  });

  test.each([
    ['a user without mentees', 'alice'],
    ['an unknown name', 'unknown'],
    ['an invalid name', 'no such name'],
    ['an empty name', ''],
  ])('returns an empty list for %s', async (_, mentor) => {
    expect(await app.listUsers({ mentor })).toEqual({ users: [], next: null });
  });
});
