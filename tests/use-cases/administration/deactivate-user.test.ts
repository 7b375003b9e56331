import { createAdministration } from '@mentorship/application';
import { beforeEach, describe, expect, test } from 'vitest';
import { day, minute, session } from '../../support/records.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let administration: ReturnType<typeof createAdministration>;
beforeEach(() => {
  app = createTestApplication();
  administration = createAdministration(app.ports);
});

const refusedLogin = refusal('invalid_credentials', {});
const events = async (member: { id: number; actor: Parameters<TestApplication['listEvents']>[0]['actor'] }) =>
  (await app.listEvents({ actor: member.actor })).events.map(({ type, reason }) => (reason ? [type, reason] : [type]));

describe('a user who is deactivated', () => {
  test('has no session any more, and gets none', async () => {
    const alice = await app.join('Alice');
    await app.logInAgain(alice);
    const change = await administration.deactivateUser({ username: 'ALICE' });
    expect(change).toMatchObject({ user: { id: alice.id }, changed: true, endedSessions: 2 });
    await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refusal('access_token_refused', {}));
    await expect(app.refreshAccess({ refresh: alice.refresh })).rejects.toMatchObject(
      refusal('refresh_token_refused', {}),
    );
    await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(refusedLogin);
    expect(await events(alice)).toEqual([
      ['login_failed'],
      ['session_ended', 'account_deactivated'],
      ['session_ended', 'account_deactivated'],
      ['account_deactivated'],
      ['logged_in'],
      ['logged_in'],
      ['registered'],
    ]);
  });

  test('gets no session either while the password is verified', async () => {
    const alice = await app.join('alice');
    app.meanwhile(() => administration.deactivateUser({ username: 'alice' }));
    await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(refusedLogin);
    const { sessionDirectory, clock } = app.ports;
    expect(await sessionDirectory.list({ userId: alice.id, now: clock.now(), limit: 9 })).toEqual([]);
  });

  test('is shown as before, with mentor and mentees', async () => {
    const bob = await app.join('bob');
    await app.join('alice', { mentorUsername: 'bob' });
    const carl = await app.join('carl', { mentorUsername: 'alice' });
    const before = await app.mentors();
    await administration.deactivateUser({ username: 'alice' });
    expect(await app.mentors()).toEqual(before);
    expect((await app.own(bob)).mentees).toEqual(['alice']);
    expect((await app.own(carl)).mentorUsername).toBe('alice');
    await app.registerUser({ username: 'dora', password, mentorUsername: 'alice' });
  });

  test('logs in again once activated', async () => {
    const alice = await app.join('alice');
    await administration.deactivateUser({ username: 'alice' });
    expect(await administration.deactivateUser({ username: 'alice' })).toMatchObject({ changed: false });
    expect(await administration.activateUser({ username: 'alice' })).toMatchObject({ changed: true });
    expect(await administration.activateUser({ username: 'alice' })).toMatchObject({ changed: false });
    const again = await app.logInAgain(alice);
    expect((await events(again)).slice(0, 2)).toEqual([['logged_in'], ['account_activated']]);
  });

  test('keeps the name: nobody else registers under it', async () => {
    await app.join('alice');
    await administration.deactivateUser({ username: 'alice' });
    await expect(app.registerUser({ username: 'Alice', password })).rejects.toMatchObject(
      refusal('username_taken', { username: 'Alice' }),
    );
  });
});

describe('a password that is reset', () => {
  test('is the one that counts, and ends every session', async () => {
    const alice = await app.join('alice');
    const change = await administration.resetPassword({ username: 'Alice', password: 'another password' });
    expect(change).toMatchObject({ user: { id: alice.id }, endedSessions: 1 });
    await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refusal('access_token_refused', {}));
    await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(refusedLogin);
    const again = await app.logInAgain(alice, 'another password');
    expect(await events(again)).toEqual([
      ['logged_in'],
      ['login_failed'],
      ['session_ended', 'password_changed'],
      ['password_changed'],
      ['logged_in'],
      ['registered'],
    ]);
  });

  test('is refused by the rules for passwords, and then nothing has changed', async () => {
    const alice = await app.join('alice');
    const short = administration.resetPassword({ username: 'alice', password: 'short' });
    await expect(short).rejects.toMatchObject({
      code: 'validation_failed',
      details: { errors: [{ code: 'too_short' }] },
    });
    expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
  });

  test('lets nobody in who was deactivated', async () => {
    await app.join('alice');
    await administration.deactivateUser({ username: 'alice' });
    await administration.resetPassword({ username: 'alice', password: 'another password' });
    await expect(app.logIn({ username: 'alice', password: 'another password' })).rejects.toMatchObject(refusedLogin);
  });
});

describe('sessions that are ended', () => {
  test('are those of the user, and of nobody else', async () => {
    const [alice, bob] = [await app.join('alice'), await app.join('bob')];
    await app.logInAgain(alice);
    expect(await administration.endUserSessions({ username: 'alice' })).toMatchObject({ endedSessions: 2 });
    expect(await administration.endUserSessions({ username: 'alice' })).toMatchObject({ endedSessions: 0 });
    await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refusal('access_token_refused', {}));
    expect(await app.authenticate({ token: bob.access })).toEqual(bob.actor);
    expect((await events(await app.logInAgain(alice)))[1]).toEqual(['session_ended', 'revoked']);
  });

  test('are those of everybody, page by page', async () => {
    const members = [];
    for (let at = 0; at < 205; at += 1) members.push(await app.join(`user${at}`));
    const seen: number[] = [];
    expect(await administration.endEverySession({ onProgress: (done) => seen.push(done) })).toBe(205);
    expect(seen).toEqual([100, 200, 205]);
    for (const { access } of members)
      await expect(app.authenticate({ token: access })).rejects.toMatchObject(refusal('access_token_refused', {}));
  });
});

test.each(['deactivateUser', 'activateUser', 'endUserSessions', 'resetPassword'] as const)(
  '%s says that nobody has the name',
  async (name) => {
    const asked = administration[name]({ username: 'nobody', password: 'another password' });
    await expect(asked).rejects.toMatchObject(refusal('user_not_found', {}));
  },
);

test('pruning goes on until nothing is left whose time is over, and leaves the rest', async () => {
  const alice = await app.join('alice');
  const { storage, clock } = app.ports;
  const now = clock.now();
  const over = { expiresAt: now - day, accessUntil: now - day };
  await storage.atomically(async ({ sessions, attempts, signingKeys }) => {
    for (let at = 0; at < 250; at += 1) await sessions.open(session(`over ${at}`, alice.id, over));
    for (let at = 0; at < 120; at += 1) await attempts.raise(`key ${at}`, 1, now - minute, now - day);
    await attempts.raise('present', 1, now + minute, now);
    const key = { publicKey: 'x', createdAt: now - 9 * day };
    await signingKeys.publish({ ...key, kid: 'long over', expiresAt: now - 2 * day });
    await signingKeys.publish({ ...key, kid: 'over', expiresAt: now - minute });
  });
  const watched: number[] = [];
  const gone = await administration.pruneStore({ onProgress: (done) => watched.push(done) });
  expect(gone).toEqual({ sessions: 250, attempts: 120, events: 0, keys: 1 });
  expect(watched.at(-1)).toBe(371);
  expect(await administration.pruneStore()).toEqual({ sessions: 0, attempts: 0, events: 0, keys: 0 });
});
