import { beforeEach, describe, expect, test } from 'vitest';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, from, type Member, type TestApplication } from '../../support/test-application.ts';

const notFound = refusal('session_not_found', {});
const accessRefused = refusal('access_token_refused');

let app: TestApplication;
let alice: Member;
let again: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
  again = await app.logInAgain(alice);
});

test('ends another session of the user with all its tokens, but not this one', async () => {
  const { access } = await app.refreshAccess(again);
  await app.endSession({ actor: alice.actor, sessionId: again.actor.sessionId });
  for (const token of [again.access, access])
    await expect(app.authenticate({ token })).rejects.toMatchObject(accessRefused);
  await expect(app.refreshAccess(again)).rejects.toMatchObject(refusal('refresh_token_refused'));
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
});

test('ends the actor’s own session', async () => {
  await app.endSession({ actor: alice.actor, sessionId: alice.actor.sessionId });
  await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(accessRefused);
  expect(await app.authenticate({ token: again.access })).toEqual(again.actor);
});

test('records an event with the address of the client', async () => {
  const { sessionId } = again.actor;
  await app.endSession({ actor: alice.actor, sessionId, client: from('192.0.2.7') });
  const { events } = await app.listEvents({ actor: alice.actor, limit: 1 });
  expect(events).toMatchObject([{ type: 'session_ended', reason: 'revoked', sessionId, ip: '192.0.2.7' }]);
});

describe('throws session_not_found for', () => {
  test('a session of another user, which stays open', async () => {
    const bob = await app.join('bob');
    const ending = app.endSession({ actor: bob.actor, sessionId: alice.actor.sessionId });
    await expect(ending).rejects.toMatchObject(notFound);
    expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
  });

  test('an ended session', async () => {
    await app.logOut(again);
    const ending = app.endSession({ actor: alice.actor, sessionId: again.actor.sessionId });
    await expect(ending).rejects.toMatchObject(notFound);
  });

  test.each(['', 'unknown', '0', '__proto__', 'x'.repeat(1000)])('the id %j', async (sessionId) => {
    await expect(app.endSession({ actor: alice.actor, sessionId })).rejects.toMatchObject(notFound);
  });
});

test('of 20 calls at once, exactly one ends the session', async () => {
  const call = { actor: alice.actor, sessionId: again.actor.sessionId };
  const settled = await Promise.allSettled(Array.from({ length: 20 }, () => app.endSession(call)));
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const { events } = await app.listEvents({ actor: alice.actor });
  expect(events.filter(({ type }) => type === 'session_ended')).toHaveLength(1);
});
