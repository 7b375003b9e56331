import { maxLoginTries, UnavailableError } from '@mentorship/application';
import type { PasswordHash } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { unavailability, refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  type Member,
  password,
  policy,
  type TestApplication,
} from '../../support/test-application.ts';

const incorrect = refusal('invalid_credentials');

let app: TestApplication;
let bob: Member;
let alice: Member;
let older: string;
const hashOf = async (member: Member): Promise<string> => String((await app.own(member)).password);
beforeEach(async () => {
  app = createTestApplication(({ passwordHasher }) => ({
    passwordHasher: { ...passwordHasher, isCurrent: (hash) => hash !== older },
    policy: { ...policy, passwordDisplay: 'hash' },
  }));
  [alice, bob] = [await app.join('alice'), await app.join('bob')];
  older = await hashOf(alice);
});

const logIn = (typed = password) => app.logIn({ username: 'alice', password: typed });

test('a login replaces an older hash once, and keeps password and sessions', async () => {
  await logIn();
  const renewed = await hashOf(alice);
  expect(renewed).not.toBe(older);
  await logIn();
  expect(await hashOf(alice)).toBe(renewed);
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
});

test('a login keeps a current hash', async () => {
  const before = await hashOf(bob);
  await app.logInAgain(bob);
  expect(await hashOf(bob)).toBe(before);
});

test('a failed login keeps the hash', async () => {
  await expect(logIn('wrong')).rejects.toMatchObject(incorrect);
  expect(await hashOf(alice)).toBe(older);
});

test('of many logins at once, all succeed', async () => {
  const settled = await Promise.allSettled(Array.from({ length: 10 }, () => logIn()));
  expect(settled.map(({ status }) => status)).toEqual(Array(10).fill('fulfilled'));
  await expect(logIn()).resolves.toHaveProperty('access');
});

test.each([
  ['verified', (change: () => Promise<unknown>) => app.meanwhile(change)],
  ['replaced', (change: () => Promise<unknown>) => app.meanwhile(async () => app.meanwhile(change))],
])('a password that is set while the old hash is %s stays, and the login fails', async (_, meanwhile) => {
  meanwhile(() => app.update(alice, { password: 'a new password' }));
  await expect(logIn()).rejects.toMatchObject(incorrect);
  await expect(logIn()).rejects.toMatchObject(incorrect);
  await expect(logIn('a new password')).resolves.toHaveProperty('access');
  expect(await app.listSessions({ actor: alice.actor })).toHaveLength(2);
});

describe('a login whose hash is replaced each time that it is verified', () => {
  let replaced = 0;
  /** Lets another login replace the hash by one of the same password, during the next so many verifications. */
  const replaceHash = (times: number): void => {
    if (times === 0) return;
    app.meanwhile(async () => {
      replaced += 1;
      const passwordHash = `plain$cost=0$${replaced}$${older.split('$').at(-1)}` as PasswordHash;
      await app.ports.storage.atomically(({ users }) => users.change(bob.id, { passwordHash }));
      replaceHash(times - 1);
    });
  };
  beforeEach(() => {
    replaced = 0;
  });

  test('succeeds at the last try', async () => {
    replaceHash(maxLoginTries - 1);
    await expect(app.logInAgain(bob)).resolves.toHaveProperty('access');
    expect(replaced).toBe(maxLoginTries - 1);
  });

  test('fails as overloaded after the last try, opens no session and counts as no failure', async () => {
    replaceHash(maxLoginTries);
    await expect(app.logInAgain(bob)).rejects.toMatchObject(unavailability('overloaded'));
    expect(replaced).toBe(maxLoginTries);
    const { events } = await app.listEvents({ actor: bob.actor });
    expect(events.map(({ type }) => type)).toEqual(['logged_in', 'registered']);
    await expect(app.logInAgain(bob)).resolves.toHaveProperty('access');
  });
});

test('a login that finds the hashing queue full keeps the hash and opens no session', async () => {
  app.meanwhile(async () => {
    app.meanwhile(() => Promise.reject(new UnavailableError('overloaded', { retryAfter: 2 })));
  });
  await expect(logIn()).rejects.toMatchObject(unavailability('overloaded', { retryAfter: 2 }));
  expect(await hashOf(alice)).toBe(older);
  expect(await app.listSessions({ actor: alice.actor })).toHaveLength(1);
});
