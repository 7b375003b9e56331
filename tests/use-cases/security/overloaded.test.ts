import { UnavailableError } from '@mentorship/application';
import { beforeEach, expect, test } from 'vitest';
import { unavailability, refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  from,
  type Member,
  password,
  type TestApplication,
} from '../../support/test-application.ts';

const overloaded = unavailability('overloaded', { retryAfter: 2 });
const client = from('192.0.2.1');

let app: TestApplication;
let alice: Member;
let busy: boolean;
beforeEach(async () => {
  busy = false;
  const enqueue = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (busy) throw new UnavailableError('overloaded', { retryAfter: 2 });
    return work();
  };
  app = createTestApplication(({ passwordHasher: hasher }) => ({
    passwordHasher: {
      ...hasher,
      hash: (secret) => enqueue(() => hasher.hash(secret)),
      verify: (...check) => enqueue(() => hasher.verify(...check)),
    },
  }));
  alice = await app.join('alice', { email: 'a@example.com' });
});

/** Everything that a user sees of the service. */
const seen = async () => [
  await app.mentors(),
  await app.own(alice),
  await app.listSessions({ actor: alice.actor }),
  await app.listEvents({ actor: alice.actor }),
];

test.each<[name: string, act: () => Promise<unknown>]>([
  ['a registration', () => app.registerUser({ username: 'bob', password, mentorUsername: 'alice', client })],
  ['a login', () => app.logIn({ username: 'alice', password, client })],
  ['a login with a wrong password', () => app.logIn({ username: 'alice', password: 'wrong', client })],
  ['a login with an unknown name', () => app.logIn({ username: 'unknown', password, client })],
  ['a new password', () => app.update(alice, { password: 'a new password', email: null })],
  ['a change with the current password', () => app.update(alice, { currentPassword: password, email: null })],
  ['the end of the account', () => app.endAccount({ actor: alice.actor, currentPassword: password, client })],
])('%s changes nothing when the hashing queue is full', async (_, act) => {
  const before = await seen();
  busy = true;
  await expect(act()).rejects.toMatchObject(overloaded);
  expect(await seen()).toStrictEqual(before);
});

test('a check that was refused by the queue does not count as a failure', async () => {
  const guess = () => app.logIn({ username: 'alice', password: 'wrong', client });
  busy = true;
  for (let count = 0; count < 20; count += 1) await expect(guess()).rejects.toMatchObject(overloaded);
  busy = false;
  for (let count = 0; count < 10; count += 1)
    await expect(guess()).rejects.toMatchObject(refusal('invalid_credentials'));
  await expect(guess()).rejects.toMatchObject(refusal('too_many_attempts'));
});

test('requests without hashing succeed', async () => {
  busy = true;
  await expect(app.refreshAccess(alice)).resolves.toHaveProperty('access');
  await expect(app.update(alice, { email: null })).resolves.toHaveProperty('email', null);
  await expect(app.logOut(alice)).resolves.toBeUndefined();
});
