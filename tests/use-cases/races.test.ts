import type { ProfileUpdate } from '@mentorship/application';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusal } from '../support/refusals.ts';
import { createTestApplication, password } from '../support/test-application.ts';

/** How many attempts succeeded, and the codes with which the others were refused. */
const outcomes = async (attempts: readonly Promise<unknown>[]) => {
  const settled = await Promise.allSettled(attempts);
  const refused = settled.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
  return { succeeded: settled.length - refused.length, refused };
};

test('of 64 registrations of one name at once, in any case, exactly one succeeds', async () => {
  const app = createTestApplication();
  await app.join('bob');
  const attempts = Array.from({ length: 64 }, (_, index) =>
    app.registerUser({
      username: index % 2 ? 'straße' : 'STRASSE',
      password,
      ...(index % 3 === 0 && { mentorUsername: 'bob' }),
    }),
  );
  expect(await outcomes(attempts)).toEqual({ succeeded: 1, refused: Array(63).fill('username_taken') });
  expect((await app.listUsers({})).users).toHaveLength(2);
});

describe('concurrent changes of mentors never close a cycle', () => {
  test.each([2, 3, 10])('in a ring of %i', async (size) => {
    const app = createTestApplication();
    const numbers = Array.from({ length: size }, (_, index) => index);
    const members = await Promise.all(numbers.map((number) => app.join(`user${number}`)));
    const attempts = members.map((member, index) => app.update(member, { mentor: `user${(index + 1) % size}` }));
    expect(await outcomes(attempts)).toEqual({ succeeded: size - 1, refused: ['mentor_cycle'] });
  });
});

test('concurrent updates of different fields are all kept, in any order', async () => {
  const updates: ProfileUpdate[] = [
    { email: 'new@example.com' },
    { phone: '911' },
    { mentor: 'bob' },
    { password: 'a new password' },
  ];
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(updates, { minLength: updates.length }), async (shuffled) => {
      const app = createTestApplication();
      const [, alice] = [await app.join('bob'), await app.join('alice')];
      await Promise.all(shuffled.map((update) => app.update(alice, update)));
      expect(await app.own(alice)).toMatchObject({ email: 'new@example.com', phone: '911', mentorUsername: 'bob' });
      await expect(app.logInAgain(alice, 'a new password')).resolves.toHaveProperty('access');
    }),
    { numRuns: 24 },
  );
});

test('concurrent updates of several fields are never mixed', async () => {
  const app = createTestApplication();
  const alice = await app.join('alice');
  const updates = Array.from({ length: 20 }, (_, index) => ({ email: `a${index}@example.com`, phone: `100${index}` }));
  await Promise.all(updates.map((update) => app.update(alice, update)));
  const { email, phone } = await app.own(alice);
  expect(updates).toContainEqual({ email, phone });
});

test('of 20 logouts at once with one token, exactly one succeeds', async () => {
  const app = createTestApplication();
  const alice = await app.join('alice');
  const attempts = Array.from({ length: 20 }, () => app.logOut(alice));
  expect(await outcomes(attempts)).toEqual({ succeeded: 1, refused: Array(19).fill('logout_token_refused') });
});

/** The results of the attempts that succeeded. */
const results = async <Result>(attempts: readonly Promise<Result>[]): Promise<Result[]> =>
  (await Promise.allSettled(attempts)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));

test('after a logout is acknowledged, no token of the session is valid, also not from concurrent refreshes', async () => {
  const app = createTestApplication();
  const alice = await app.join('alice');
  const refreshes = () => Array.from({ length: 10 }, () => app.refreshAccess(alice));
  const before = refreshes();
  const logout = app.logOut(alice);
  const after = refreshes();
  await logout;
  await expect(app.refreshAccess(alice)).rejects.toMatchObject(refusal('refresh_token_refused'));
  const refreshed = await results([...before, ...after]);
  expect(refreshed).not.toEqual([]);
  for (const { access } of refreshed)
    await expect(app.authenticate({ token: access })).rejects.toMatchObject(refusal('access_token_refused'));
});

test('no login with the old password survives a password change', async () => {
  const app = createTestApplication();
  const alice = await app.join('alice');
  const logins = () => Array.from({ length: 10 }, () => app.logIn({ username: 'alice', password }));
  const before = logins();
  await before[0];
  const change = app.update(alice, { password: 'a new password' });
  const after = logins();
  await change;
  const loggedIn = await results([...before, ...after]);
  expect(loggedIn).not.toEqual([]);
  for (const login of loggedIn)
    await expect(app.refreshAccess(login)).rejects.toMatchObject(refusal('refresh_token_refused'));
});

test('a session that ended by a new password changes nothing, even if its request began before', async () => {
  const app = createTestApplication();
  const alice = await app.join('alice');
  const other = await app.logInAgain(alice);
  app.meanwhile(() => app.update(alice, { password: 'a new password' }));
  await expect(app.update(other, { password: 'another password' })).rejects.toMatchObject(
    refusal('access_token_refused'),
  );
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
  await expect(app.logInAgain(alice, 'a new password')).resolves.toHaveProperty('access');
});
