import { parsePassword } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { type RepositoryCall, recordingStorage } from '../../support/store/recording-storage.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, from, password } from '../../support/test-application.ts';

test('a name and a password are enough', async () => {
  const app = createTestApplication();
  const { user, mentorUsername } = await app.registerUser({ username: 'alice', password });
  expect(user).toMatchObject({ id: 1, username: 'alice', email: null, phone: null, createdAt: app.clock.now() });
  expect(mentorUsername).toBeNull();
});

test('every field that is sent is stored and shown', async () => {
  const app = createTestApplication();
  await app.join('Bob');
  const sent = { email: ' john@example.com ', phone: ' +79999999999 ', mentorUsername: ' bOB ' };
  const { user, mentorUsername } = await app.registerUser({ username: ' Ａlice ', password, ...sent });
  expect(user).toMatchObject({ username: 'Alice', email: 'john@example.com', phone: '+79999999999' });
  expect(mentorUsername).toBe('Bob');

  const alice = await app.logInAgain(user);
  expect(await app.own(alice)).toMatchObject({
    id: user.id,
    username: 'Alice',
    email: 'john@example.com',
    phone: '+79999999999',
    mentorUsername: 'Bob',
    mentees: [],
  });
});

test.each([null, undefined, '', ' \t'])('%j for an optional field counts as absent', async (absent) => {
  const app = createTestApplication();
  const sent = { email: absent, phone: absent, mentorUsername: absent };
  const { user, mentorUsername } = await app.registerUser({ username: 'alice', password, ...sent });
  expect([user.email, user.phone, mentorUsername]).toEqual([null, null, null]);
});

test('ids ascend', async () => {
  const app = createTestApplication();
  const [alice, bob] = [await app.join('alice'), await app.join('bob')];
  expect(bob.id).toBeGreaterThan(alice.id);
});

test('the password is stored as a hash, salted for each user', async () => {
  const app = createTestApplication();
  const { user: alice } = await app.registerUser({ username: 'alice', password });
  const { user: bob } = await app.registerUser({ username: 'bob', password });
  expect(alice.passwordHash).toMatch(/^plain\$/);
  expect(alice.passwordHash).not.toBe(bob.passwordHash);
});

test('all invalid fields are listed at once, and no user is registered', async () => {
  const app = createTestApplication();
  const registration = { username: 'a b', password: 'short', email: 'x', phone: 'x', mentorUsername: '\0' };
  await expect(app.registerUser(registration)).rejects.toMatchObject(
    fieldsRefused(
      ['username', 'invalid_username'],
      ['password', 'too_short'],
      ['email', 'invalid_email'],
      ['phone', 'invalid_phone'],
      ['mentorUsername', 'invalid_text'],
    ),
  );
  expect(await app.mentors()).toEqual({});
});

test.each([
  { email: 'a@example.com', phone: '+79999999999', words: ['alice', 'a@example.com', '+79999999999'] },
  { email: null, phone: undefined, words: ['alice', '', ''] },
])('gives the rules the words that the password must not contain: $words', async ({ email, phone, words }) => {
  const seen: unknown[] = [];
  const app = createTestApplication(() => ({
    passwordRules: {
      parse: (text, personal) => {
        seen.push(personal);
        return parsePassword(text);
      },
    },
  }));
  await app.registerUser({ username: 'alice', password, email, phone });
  expect(seen).toEqual([words]);
});

test('what costs nothing is refused first, then what is over the limit, and only then is a password judged', async () => {
  let judged = 0;
  const app = createTestApplication(({ policy }) => {
    const limited = { ...policy, budgets: { ...policy.budgets, registration: { attempts: 1, period: 60 } } };
    return {
      policy: limited,
      passwordRules: {
        parse: (text) => {
          judged += 1;
          return parsePassword(text);
        },
      },
    };
  });
  const client = from('192.0.2.1');
  await expect(app.registerUser({ username: 'a b', password, client })).rejects.toMatchObject(
    fieldsRefused(['username', 'invalid_username']),
  );
  await expect(
    app.registerUser({ username: 'alice', password, mentorUsername: 'unknown', client }),
  ).rejects.toMatchObject(fieldsRefused(['mentorUsername', 'unknown_mentor']));
  await expect(app.registerUser({ username: 'alice', password, client })).rejects.toMatchObject({
    code: 'too_many_attempts',
  });
  expect(judged).toBe(0);
});

describe('a name is taken', () => {
  test.each([
    ['as it is', 'straße'],
    ['in other case', 'STRASSE'],
    ['in other width', 'ｓｔｒａｓｓｅ'],
    ['with white space around it', ' straße '],
  ])('%s', async (_, username) => {
    const app = createTestApplication();
    await app.join('straße');
    await expect(app.registerUser({ username, password })).rejects.toMatchObject(
      refusal('username_taken', { username: username.trim().normalize('NFKC') }),
    );
    expect(await app.mentors()).toEqual({ straße: null });
  });

  test('by a user who registers it meanwhile', async () => {
    const app = createTestApplication();
    app.meanwhile(() => app.registerUser({ username: 'ALICE', password }));
    await expect(app.registerUser({ username: 'alice', password })).rejects.toMatchObject(
      refusal('username_taken', { username: 'alice' }),
    );
    expect(await app.mentors()).toEqual({ ALICE: null });
  });
});

describe('with a mentor who is not available', () => {
  test.each([
    ['no user has the name', 'unknown', fieldsRefused(['mentorUsername', 'unknown_mentor'])],
    ['the name is invalid', 'no such name', fieldsRefused(['mentorUsername', 'unknown_mentor'])],
    ['it is the new user', 'ALICE', refusal('self_mentoring', { field: 'mentorUsername' })],
  ])('because %s, no user is registered and the name stays free', async (_, mentorUsername, refused) => {
    const app = createTestApplication();
    await expect(app.registerUser({ username: 'alice', password, mentorUsername })).rejects.toMatchObject(refused);
    expect(await app.mentors()).toEqual({});
    await app.join('alice');
    expect(await app.mentors()).toEqual({ alice: null });
  });
});

test('the graph is locked first, and only for a registration with a mentor', async () => {
  const calls: string[] = [];
  const app = createTestApplication(({ storage }) => ({
    storage: recordingStorage(storage, ([name]: RepositoryCall) => calls.push(name)),
  }));
  await app.registerUser({ username: 'bob', password });
  expect(calls).not.toContain('mentorships.lockGraph');
  calls.length = 0;
  await app.registerUser({ username: 'alice', password, mentorUsername: 'bob' });
  expect(calls[0]).toBe('mentorships.lockGraph');
});
