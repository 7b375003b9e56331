import { expect, test } from 'vitest';
import { day, minute, session } from '../../support/records.ts';
import { createTestApplication } from '../../support/test-application.ts';

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
      await attempts.raise(`expired ${number}`, 1, now - minute, now - day);
    await attempts.raise('current', 1, now + minute, now);
    const key = { publicKey: 'x', createdAt: now - 9 * day };
    await signingKeys.publish({ ...key, kid: 'expired two days ago', expiresAt: now - 2 * day });
    await signingKeys.publish({ ...key, kid: 'expired a minute ago', expiresAt: now - minute });
  });
  const progress: number[] = [];
  const deleted = await app.administration.pruneStore({ onProgress: (done) => progress.push(done) });
  // 250 sessions and the member's second one; the second login has deleted the first one in passing.
  expect(deleted).toEqual({ sessions: 251, attempts: 120, events: 2, keys: 1 });
  expect(progress.at(-1)).toBe(374);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect((await app.listEvents({ actor: other.actor })).events).toMatchObject([{ type: 'logged_in' }]);
  expect(await app.administration.pruneStore()).toEqual({ sessions: 0, attempts: 0, events: 0, keys: 0 });
});
