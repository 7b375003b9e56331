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

test('one’s own detail has everything, the hash of the password masked', async () => {
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

test('another’s detail has everything but the password', async () => {
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

test('where the policy shows whole hashes, one sees one’s own and nobody else’s', async () => {
  const open = createTestApplication(() => ({ policy: { ...policy, passwordDisplay: 'hash' } }));
  const { user } = await open.registerUser({ username: 'carol', password });
  const [carol, dave] = [await open.logInAgain(user), await open.join('dave')];
  expect(await open.own(carol)).toMatchObject({ password: user.passwordHash });
  expect(await open.viewUser({ actor: dave.actor, userId: carol.id })).not.toHaveProperty('password');
});

describe('where contact is for oneself alone', () => {
  beforeEach(async () => {
    app = createTestApplication(() => ({ policy: { ...policy, contactVisible: 'self' } }));
    bob = await app.join('bob');
    alice = await app.join('alice', { email: 'a@example.com', phone: '112', mentorUsername: 'bob' });
  });

  test('one sees one’s own', async () => {
    expect(await app.own(alice)).toMatchObject({ email: 'a@example.com', phone: '112' });
    expect(await app.update(alice, { phone: '911' })).toMatchObject({ email: 'a@example.com', phone: '911' });
  });

  test('others see everything but that, as if there were none', async () => {
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

test('nobody is found under an id that was not given out', async () => {
  await expect(app.viewUser({ actor: alice.actor, userId: 99 as UserId })).rejects.toMatchObject(
    refusal('user_not_found', {}),
  );
});

describe('mentees', () => {
  test('come by ascending id, in whatever order they came', async () => {
    const [first, second] = [await app.join('first'), await app.join('second')];
    await app.update(second, { mentor: 'alice' });
    await app.update(first, { mentor: 'alice' });
    expect(await app.own(alice)).toMatchObject({ mentees: ['first', 'second'] });
  });

  test('leave with their mentorship', async () => {
    await app.update(alice, { mentor: null });
    expect(await app.own(bob)).toMatchObject({ mentees: [] });
  });

  test('are all there when they are a thousand', async () => {
    await joinMentees(1000);
    const { mentees, moreMenteesAfter } = await app.own(alice);
    expect(mentees).toHaveLength(1000);
    expect(moreMenteesAfter).toBeNull();
  });

  test('beyond a thousand are for the list of users, which goes on where they end', async () => {
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
