import { beforeEach, expect, test } from 'vitest';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

const loginRefused = refusal('invalid_credentials', {});

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('Alice');
});

test('ends every session of the user and refuses logins', async () => {
  await app.logInAgain(alice);
  const change = await app.administration.deactivateUser({ username: 'ALICE' });
  expect(change).toMatchObject({ user: { id: alice.id }, changed: true, endedSessions: 2 });
  await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refusal('access_token_refused', {}));
  await expect(app.refreshAccess({ refresh: alice.refresh })).rejects.toMatchObject(
    refusal('refresh_token_refused', {}),
  );
  await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(loginRefused);
  const stored = await app.ports.storage.atomically(({ sessions }) =>
    sessions.find({ id: alice.actor.sessionId, userId: alice.id }),
  );
  expect(stored).toMatchObject({ endedAt: app.clock.now(), endReason: 'account_deactivated' });
  const { events } = await app.listEvents(alice);
  expect(events).toMatchObject([
    { type: 'login_failed' },
    { type: 'session_ended', reason: 'account_deactivated' },
    { type: 'session_ended', reason: 'account_deactivated' },
    { type: 'account_deactivated' },
    { type: 'logged_in' },
    { type: 'logged_in' },
    { type: 'registered' },
  ]);
});

test('refuses a login whose password is being verified meanwhile', async () => {
  app.meanwhile(() => app.administration.deactivateUser({ username: 'alice' }));
  await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(loginRefused);
  const { sessionDirectory, clock } = app.ports;
  expect(await sessionDirectory.list({ userId: alice.id, now: clock.now(), limit: 9 })).toEqual([]);
});

test('changes nothing for a user who is deactivated already', async () => {
  await app.administration.deactivateUser({ username: 'alice' });
  const again = await app.administration.deactivateUser({ username: 'alice' });
  expect(again).toMatchObject({ changed: false, endedSessions: 0 });
  const { events } = await app.listEvents(alice);
  expect(events.filter(({ type }) => type === 'account_deactivated')).toHaveLength(1);
});

test('takes no mentees any more: no user can name, ask or accept the deactivated user', async () => {
  const [bob, carl] = [await app.join('bob'), await app.join('carl')];
  const offer = await app.requestMentorship({ actor: alice.actor, request: { mentee: 'carl' } });
  await app.administration.deactivateUser({ username: 'alice' });

  const closed = (field: string) => refusal('mentor_closed', { field, mentor: 'Alice' });
  await expect(app.update(bob, { mentor: 'alice' })).rejects.toMatchObject(closed('mentor'));
  await expect(app.update(carl, { mentor: 'alice' })).rejects.toMatchObject(closed('mentor'));
  await expect(app.requestMentorship({ actor: bob.actor, request: { mentor: 'alice' } })).rejects.toMatchObject(
    closed('mentor'),
  );
  const acceptance = { actor: carl.actor, mentorshipId: offer.id, change: { status: 'active' } } as const;
  await expect(app.changeMentorship(acceptance)).rejects.toMatchObject(closed('status'));
  await expect(app.registerUser({ username: 'dora', password, mentorUsername: 'alice' })).rejects.toMatchObject(
    fieldsRefused(['mentorUsername', 'mentor_closed']),
  );
  expect((await app.listUsers({ accepting: true })).users.map(({ username }) => username)).toEqual(['bob', 'carl']);

  await app.administration.activateUser({ username: 'alice' });
  expect(await app.update(carl, { mentor: 'alice' })).toMatchObject({ mentorUsername: 'Alice' });
});

test('keeps the mentor and the mentees', async () => {
  const bob = await app.join('bob');
  await app.update(alice, { mentor: 'bob' });
  const carl = await app.join('carl', { mentorUsername: 'alice' });
  const before = await app.mentors();
  await app.administration.deactivateUser({ username: 'alice' });
  expect(await app.mentors()).toEqual(before);
  expect((await app.own(bob)).mentees).toEqual(['Alice']);
  expect((await app.own(carl)).mentorUsername).toBe('Alice');
});

test('keeps the username taken', async () => {
  await app.administration.deactivateUser({ username: 'alice' });
  await expect(app.registerUser({ username: 'alice', password })).rejects.toMatchObject(
    refusal('username_taken', { username: 'alice' }),
  );
});

test('throws user_not_found for an unknown name', async () => {
  await expect(app.administration.deactivateUser({ username: 'unknown' })).rejects.toMatchObject(
    refusal('user_not_found', {}),
  );
});
