import type { SessionReference } from '@mentorship/application';
import type { Session } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

const refused = refusal('logout_token_refused', {});

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
});

test('ends the session and with it both tokens', async () => {
  const { access } = await app.refreshAccess(alice);
  await expect(app.logOut(alice)).resolves.toBeUndefined();
  await expect(app.refreshAccess(alice)).rejects.toMatchObject(refusal('refresh_token_refused'));
  for (const token of [alice.access, access])
    await expect(app.authenticate({ token })).rejects.toMatchObject(refusal('access_token_refused'));
});

test('ends no other session', async () => {
  const again = await app.logInAgain(alice);
  const bob = await app.join('bob');
  await app.logOut(alice);
  expect(await app.authenticate({ token: again.access })).toEqual(again.actor);
  expect(await app.authenticate({ token: bob.access })).toEqual(bob.actor);
});

test('ends another session of the user by its refresh token', async () => {
  const again = await app.logInAgain(alice);
  await app.logOut({ actor: alice.actor, refresh: again.refresh });
  await expect(app.refreshAccess(again)).rejects.toMatchObject(refusal('refresh_token_refused'));
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
});

test('refuses a second logout', async () => {
  await app.logOut(alice);
  const actor = await app.authenticate({ token: alice.access, allowEndedSession: true });
  await expect(app.logOut({ actor, refresh: alice.refresh })).rejects.toMatchObject(refused);
});

test('of two logouts at once, refuses the one that ends no session', async () => {
  // Both transactions read the session before either ends it, as two connections of PostgreSQL can.
  let read: Session | null = null;
  app = createTestApplication(({ storage }) => ({
    storage: {
      ...storage,
      atomically: (work) =>
        storage.atomically((repositories) => {
          const { sessions } = repositories;
          const find = async (reference: SessionReference) => (read ??= await sessions.find(reference));
          return work({ ...repositories, sessions: { ...sessions, find } });
        }),
    },
  }));
  alice = await app.join('alice');
  await expect(app.logOut(alice)).resolves.toBeUndefined();
  await expect(app.logOut(alice)).rejects.toMatchObject(refused);
  const { events } = await app.listEvents(alice);
  expect(events.filter(({ type }) => type === 'session_ended')).toHaveLength(1);
});

test('a session of a second login can end and be followed by another', async () => {
  const again = await app.logInAgain(alice);
  await app.logOut(again);
  const third = await app.logInAgain(alice);
  await expect(app.refreshAccess(third)).resolves.toHaveProperty('access');
});

describe('refuses', () => {
  test('the refresh token of another user', async () => {
    const bob = await app.join('bob');
    await expect(app.logOut({ actor: bob.actor, refresh: alice.refresh })).rejects.toMatchObject(refused);
    await expect(app.refreshAccess(alice)).resolves.toHaveProperty('access');
  });

  test('an access token', async () => {
    await expect(app.logOut({ actor: alice.actor, refresh: alice.access })).rejects.toMatchObject(refused);
    expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
  });

  test.each(['', 'garbage', 'e30', '\0'])('the text %j', async (refresh) => {
    await expect(app.logOut({ actor: alice.actor, refresh })).rejects.toMatchObject(refused);
  });

  test('an expired refresh token', async () => {
    app.clock.advance(minutes(60));
    await expect(app.logOut(alice)).rejects.toMatchObject(refused);
  });

  test('the token of a session that ended by a new password', async () => {
    const again = await app.logInAgain(alice);
    await app.update(again, { password: 'a new password' });
    await expect(app.logOut({ actor: again.actor, refresh: alice.refresh })).rejects.toMatchObject(refused);
  });
});
