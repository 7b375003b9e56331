import { beforeEach, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import {
  createTestApplication,
  lifetimes,
  type Member,
  password,
  type TestApplication,
} from '../../support/test-application.ts';

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
});

const idsOf = async ({ actor }: Member): Promise<string[]> => (await app.listSessions({ actor })).map(({ id }) => id);

test('shows when a session began and expires, and its client', async () => {
  const { user } = await app.registerUser({ username: 'bob', password });
  app.clock.advance(minutes(1));
  const client = { ip: '2001:db8::7', network: '2001:db8::/64', userAgent: 'curl/8' };
  const { access } = await app.logIn({ username: 'bob', password, client });
  const actor = await app.authenticate({ token: access });
  const now = app.clock.now();
  expect(actor.userId).toBe(user.id);
  expect(await app.listSessions({ actor })).toStrictEqual([
    {
      id: actor.sessionId,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: Math.floor(now / 1000) * 1000 + lifetimes.refresh * 1000,
      userAgent: 'curl/8',
      ip: '2001:db8::7',
      current: true,
    },
  ]);
});

test('lists the user’s sessions, the newest first, and marks the current one', async () => {
  app.clock.advance(1);
  const second = await app.logInAgain(alice);
  app.clock.advance(1);
  const third = await app.logInAgain(alice);
  await app.join('bob');
  expect(await idsOf(second)).toEqual([third, second, alice].map(({ actor }) => actor.sessionId));
  const current = (await app.listSessions({ actor: second.actor })).map((session) => session.current);
  expect(current).toEqual([false, true, false]);
});

test('a refresh counts as a use', async () => {
  app.clock.advance(minutes(5));
  await app.refreshAccess(alice);
  const now = app.clock.now();
  expect(await app.listSessions({ actor: alice.actor })).toMatchObject([
    { createdAt: now - minutes(5), lastUsedAt: now },
  ]);
});

test('leaves out ended sessions', async () => {
  const again = await app.logInAgain(alice);
  await app.logOut(again);
  expect(await idsOf(alice)).toEqual([alice.actor.sessionId]);
});

test('lists a session until its last token expires', async () => {
  app.clock.advance(minutes(59));
  await app.refreshAccess(alice);
  app.clock.advance(minutes(19));
  const again = await app.logInAgain(alice);
  expect(await idsOf(again)).toEqual([again, alice].map(({ actor }) => actor.sessionId));
  app.clock.advance(minutes(1));
  expect(await idsOf(again)).toEqual([again.actor.sessionId]);
});

test('lists the newest thousand sessions', async () => {
  for (let count = 0; count < 1000; count += 1) {
    app.clock.advance(1);
    await app.logIn({ username: 'alice', password });
  }
  const ids = await idsOf(alice);
  expect(ids).toHaveLength(1000);
  expect(ids).not.toContain(alice.actor.sessionId);
});
