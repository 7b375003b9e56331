import { beforeEach, expect, test } from 'vitest';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
});

test('ends every session of the user and of no other user', async () => {
  const bob = await app.join('bob');
  await app.logInAgain(alice);
  const change = await app.administration.endUserSessions({ username: 'ALICE' });
  expect(change).toMatchObject({ user: { id: alice.id }, changed: true, endedSessions: 2 });
  await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refusal('access_token_refused', {}));
  expect(await app.authenticate({ token: bob.access })).toEqual(bob.actor);
  const { actor } = await app.logInAgain(alice);
  expect((await app.listEvents({ actor })).events[1]).toMatchObject({ type: 'session_ended', reason: 'revoked' });
});

test('changes nothing for a user without a session', async () => {
  await app.administration.endUserSessions({ username: 'alice' });
  const again = await app.administration.endUserSessions({ username: 'alice' });
  expect(again).toMatchObject({ changed: false, endedSessions: 0 });
});

test('throws user_not_found for an unknown name', async () => {
  await expect(app.administration.endUserSessions({ username: 'unknown' })).rejects.toMatchObject(
    refusal('user_not_found', {}),
  );
});
