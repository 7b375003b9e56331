import { beforeEach, expect, test } from 'vitest';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('Alice');
});

test('lets a deactivated user log in again, and records it', async () => {
  await app.administration.deactivateUser({ username: 'alice' });
  const change = await app.administration.activateUser({ username: 'ALICE' });
  expect(change).toMatchObject({ user: { id: alice.id }, changed: true, endedSessions: 0 });
  const again = await app.logInAgain(alice);
  const { events } = await app.listEvents({ actor: again.actor, limit: 2 });
  expect(events).toMatchObject([{ type: 'logged_in' }, { type: 'account_activated' }]);
});

test('changes and records nothing for an active user', async () => {
  const before = await app.listEvents(alice);
  expect(await app.administration.activateUser({ username: 'alice' })).toMatchObject({ changed: false });
  expect(await app.listEvents(alice)).toEqual(before);
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
});

test('throws user_not_found for an unknown name', async () => {
  await expect(app.administration.activateUser({ username: 'unknown' })).rejects.toMatchObject(
    refusal('user_not_found', {}),
  );
});
