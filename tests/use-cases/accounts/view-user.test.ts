import type { UserId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  policy,
  type Member,
  password,
  type TestApplication,
} from '../../support/test-application.ts';

let app: TestApplication;
let bob: Member;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  bob = await app.join('bob');
  alice = await app.join('alice', { email: 'a@example.com', phone: '112', mentorUsername: 'bob' });
});

test('the own detail has every field, with the hash masked', async () => {
  expect(await app.own(alice)).toStrictEqual({
    id: alice.id,
    username: 'alice',
    email: 'a@example.com',
    phone: '112',
    password: 'plain$cost=0$********',
    mentorUsername: 'bob',
    mentees: [],
    moreMenteesAfter: null,
  });
});

test('another user’s detail has every field but the password', async () => {
  expect(await app.viewUser({ actor: alice.actor, userId: bob.id })).toStrictEqual({
    id: bob.id,
    username: 'bob',
    email: null,
    phone: null,
    mentorUsername: null,
    mentees: ['alice'],
    moreMenteesAfter: null,
  });
});

test('a policy that shows hashes shows users only their own', async () => {
  const open = createTestApplication(() => ({ policy: { ...policy, passwordDisplay: 'hash' } }));
  const { user } = await open.registerUser({ username: 'carol', password });
  const [carol, dave] = [await open.logInAgain(user), await open.join('dave')];
  expect(await open.own(carol)).toMatchObject({ password: user.passwordHash });
  expect(await open.viewUser({ actor: dave.actor, userId: carol.id })).not.toHaveProperty('password');
});

describe('a policy that hides contact data', () => {
  beforeEach(async () => {
    app = createTestApplication(() => ({ policy: { ...policy, contactVisible: 'self' } }));
    bob = await app.join('bob');
    alice = await app.join('alice', { email: 'a@example.com', phone: '112', mentorUsername: 'bob' });
  });

  test('shows users their own', async () => {
    expect(await app.own(alice)).toMatchObject({ email: 'a@example.com', phone: '112' });
    expect(await app.update(alice, { phone: '911' })).toMatchObject({ email: 'a@example.com', phone: '911' });
  });

  test('shows other users none', async () => {
    expect(await app.viewUser({ actor: bob.actor, userId: alice.id })).toStrictEqual({
      id: alice.id,
      username: 'alice',
      email: null,
      phone: null,
      mentorUsername: 'bob',
      mentees: [],
      moreMenteesAfter: null,
    });
  });
});

test('throws user_not_found for an unknown id', async () => {
  await expect(app.viewUser({ actor: alice.actor, userId: 99 as UserId })).rejects.toMatchObject(
    refusal('user_not_found', {}),
  );
});

describe('mentees', () => {
  test('are listed by ascending id, not in the order of their mentorships', async () => {
    const [first, second] = [await app.join('first'), await app.join('second')];
    await app.update(second, { mentor: 'alice' });
    await app.update(first, { mentor: 'alice' });
    expect(await app.own(alice)).toMatchObject({ mentees: ['first', 'second'] });
  });

  test('disappear with their mentorship', async () => {
    await app.update(alice, { mentor: null });
    expect(await app.own(bob)).toMatchObject({ mentees: [] });
  });

  test('are listed up to a thousand', async () => {
    await joinMentees(1000);
    const { mentees, moreMenteesAfter } = await app.own(alice);
    expect(mentees).toHaveLength(1000);
    expect(moreMenteesAfter).toBeNull();
  });

  test('beyond a thousand continue in the list of users', async () => {
    const joined = await joinMentees(1002);
    const { mentees, moreMenteesAfter } = await app.own(alice);
    const rest = await app.listUsers({ mentor: 'alice', after: moreMenteesAfter });
    expect(mentees).toHaveLength(1000);
    expect([...mentees, ...rest.users.map(({ username }) => username)]).toEqual(joined);
    expect(rest.next).toBeNull();
  });

  const joinMentees = async (count: number): Promise<string[]> => {
    const usernames = Array.from({ length: count }, (_, index) => `mentee${index}`);
    for (const username of usernames) await app.registerUser({ username, password, mentorUsername: 'alice' });
    return usernames;
  };
});
