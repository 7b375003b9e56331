import { UnavailableError } from '@mentorship/application';
import { beforeEach, expect, test } from 'vitest';
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
let older: unknown;
const hashOf = async (member: Member) => (await app.own(member)).password;
beforeEach(async () => {
  app = createTestApplication(({ passwordHasher }) => ({
    passwordHasher: { ...passwordHasher, isCurrent: (hash) => hash !== older },
    policy: { ...policy, passwordDisplay: 'hash' },
  }));
  [alice, bob] = [await app.join('alice'), await app.join('bob')];
  older = await hashOf(alice);
});

const logIn = (typed = password) => app.logIn({ username: 'alice', password: typed });

test('an older hash is made anew at login, once, and password and sessions stay', async () => {
  await logIn();
  const renewed = await hashOf(alice);
  expect(renewed).not.toBe(older);
  await logIn();
  expect(await hashOf(alice)).toBe(renewed);
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
});

test('a hash of the present kind stays', async () => {
  const before = await hashOf(bob);
  await app.logInAgain(bob);
  expect(await hashOf(bob)).toBe(before);
});

test('a login that fails makes nothing anew', async () => {
  await expect(logIn('wrong')).rejects.toMatchObject(incorrect);
  expect(await hashOf(alice)).toBe(older);
});

test('of many logins at once, all get in', async () => {
  const settled = await Promise.allSettled(Array.from({ length: 10 }, () => logIn()));
  expect(settled.map(({ status }) => status)).toEqual(Array(10).fill('fulfilled'));
  await expect(logIn()).resolves.toHaveProperty('access');
});

test.each([
  ['verified', (change: () => Promise<unknown>) => app.meanwhile(change)],
  ['hashed anew', (change: () => Promise<unknown>) => app.meanwhile(async () => app.meanwhile(change))],
])('a password that is set while the old one is %s stays, and the login fails', async (_, meanwhile) => {
  meanwhile(() => app.update(alice, { password: 'a new password' }));
  await expect(logIn()).rejects.toMatchObject(incorrect);
  await expect(logIn()).rejects.toMatchObject(incorrect);
  await expect(logIn('a new password')).resolves.toHaveProperty('access');
  expect(await app.listSessions({ actor: alice.actor })).toHaveLength(2);
});

test('a login that cannot hash for now leaves the hash and opens nothing', async () => {
  app.meanwhile(async () => {
    app.meanwhile(() => Promise.reject(new UnavailableError('overloaded', { retryAfter: 2 })));
  });
  await expect(logIn()).rejects.toMatchObject(unavailability('overloaded', { retryAfter: 2 }));
  expect(await hashOf(alice)).toBe(older);
  expect(await app.listSessions({ actor: alice.actor })).toHaveLength(1);
});
