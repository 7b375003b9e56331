import { describe, expect, test } from 'vitest';
import { day, hour, minute, session } from '../../support/records.ts';
import { mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { createTestApplication, policy } from '../../support/test-application.ts';

test('deletes all expired sessions, attempts, events and keys, and keeps the rest', async () => {
  const app = createTestApplication();
  const alice = await app.join('alice');
  app.clock.advance(89 * day);
  const other = await app.logInAgain(alice);
  app.clock.advance(day);
  const { storage, clock } = app.ports;
  const now = clock.now();
  const expired = { expiresAt: now - day, accessUntil: now - day };
  await storage.atomically(async ({ sessions, attempts, signingKeys }) => {
    for (let number = 0; number < 250; number += 1)
      await sessions.open(session(`expired ${number}`, alice.id, expired));
    for (let number = 0; number < 120; number += 1)
      await attempts.raise([{ key: `expired ${number}`, by: 1, until: now - minute }], now - day);
    await attempts.raise([{ key: 'current', by: 1, until: now + minute }], now);
    const key = { publicKey: 'x', createdAt: now - 9 * day };
    await signingKeys.publish({ ...key, kid: 'expired two days ago', expiresAt: now - 2 * day });
    await signingKeys.publish({ ...key, kid: 'expired a minute ago', expiresAt: now - minute });
  });
  const progress: number[] = [];
  const deleted = await app.administration.pruneStore({ onProgress: (done) => progress.push(done) });
  // 250 sessions and the member's second one; the second login has deleted the first one in passing.
  expect(deleted).toEqual({ sessions: 251, attempts: 120, events: 2, keys: 1, messages: 0 });
  expect(progress.at(-1)).toBe(374);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect((await app.listEvents({ actor: other.actor })).events).toMatchObject([{ type: 'logged_in' }]);
  expect(await app.administration.pruneStore()).toEqual({ sessions: 0, attempts: 0, events: 0, keys: 0, messages: 0 });
});

describe('REQUEST_RETENTION', () => {
  const retention = 30;
  /** Alice has a declined, a cancelled and an overdue request to Bob with words, and a completed mentorship with Carol. */
  const withRequests = async () => {
    const app = createTestApplication(() => ({ policy: { ...policy, requestRetention: (retention * day) / 1000 } }));
    const [alice, bob, carol] = [await app.join('alice'), await app.join('bob'), await app.join('carol')];
    const mentorships = mentorshipsIn(app);
    const declined = await mentorships.ask(alice, bob, 'First?');
    await mentorships.change(bob, declined, 'declined', { reason: 'No.' });
    const cancelled = await mentorships.ask(alice, bob, 'Second?');
    await mentorships.change(alice, cancelled, 'cancelled', { reason: 'Never mind.' });
    const completed = await mentorships.ask(alice, carol, 'And you?');
    await mentorships.change(carol, completed, 'active', { reason: 'Gladly.' });
    await mentorships.change(carol, completed, 'completed', { reason: 'Well done.' });
    const overdue = await mentorships.ask(alice, bob, 'Third?');
    const view = async () => (await mentorships.list(alice)).map(({ message, reason }) => ({ message, reason }));
    return { app, mentorships, alice, bob, overdue, completed, view };
  };
  const nothing = { message: null, reason: null };
  const kept = { message: 'And you?', reason: 'Well done.' };

  test('erases the words of requests that came to nothing, and nothing else of them', async () => {
    const { app, mentorships, alice, bob, view } = await withRequests();
    const before = await mentorships.list(alice);
    app.clock.advance(retention * day - hour);
    expect(await app.administration.pruneStore()).toMatchObject({ messages: 0 });
    app.clock.advance(hour);
    expect(await app.administration.pruneStore()).toMatchObject({ messages: 2 });
    expect(await view()).toEqual([{ message: 'Third?', reason: null }, kept, nothing, nothing]);
    // An overdue request is not stored as expired until then.
    app.clock.advance(14 * day);
    expect(await app.administration.pruneStore()).toMatchObject({ messages: 1 });
    expect(await app.administration.pruneStore()).toMatchObject({ messages: 0 });
    expect(await view()).toEqual([nothing, kept, nothing, nothing]);
    const after = await mentorships.list(bob);
    const raised = before.filter(({ mentorUsername }) => mentorUsername === 'bob');
    expect(after).toEqual(
      raised.map((one, at) => ({
        ...one,
        ...nothing,
        version: at === 0 ? 3 : one.version + 1,
        ...(at === 0 && { status: 'expired', endedAt: one.expiresAt }),
      })),
    );
  });

  test('is applied in passing by logins and failed logins', async () => {
    const { app, alice, view } = await withRequests();
    app.clock.advance(retention * day);
    await app.logInAgain(alice);
    expect(await view()).toEqual([{ message: 'Third?', reason: null }, kept, nothing, nothing]);
    app.clock.advance(14 * day);
    const failed = app.logIn({ username: 'alice', password: 'wrong password' });
    await expect(failed).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(await view()).toEqual([nothing, kept, nothing, nothing]);
  });

  test('changes the history and the version that conditional requests compare', async () => {
    const { app, mentorships, alice, bob, overdue } = await withRequests();
    app.clock.advance((retention + 14) * day);
    const { version } = await mentorships.view(alice, overdue);
    await app.administration.pruneStore();
    const seen = await mentorships.view(alice, overdue);
    expect(seen.version).toBe(version + 1);
    const { mentorships: history } = await app.viewHistory({ actor: bob.actor, userId: alice.id });
    expect(history[0]).toStrictEqual(seen);
  });
});
