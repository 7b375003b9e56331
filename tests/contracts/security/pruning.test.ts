import { securityEvent, unknownClient } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { addUsers, day, minute, now, session, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

describeOnEachStore('pruning', (open) => {
  test('deletes at most 100 rows a call and returns how many', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    await store.storage.atomically(async ({ sessions, attempts, securityEvents, signingKeys }) => {
      const expired = { expiresAt: now - 9 * day, accessUntil: now - 9 * day };
      for (const at of numbers(130)) await sessions.open(session(`expired ${at}`, alice.id, expired));
      for (const at of numbers(120))
        await attempts.raise([{ key: `expired ${at}`, by: 1, until: now - minute }], now - day);
      const options = { at: now - 30 * day, retention: 1 };
      const event = securityEvent({ type: 'logged_in', userId: alice.id }, unknownClient, options);
      await securityEvents.add(numbers(110).map(() => event));
      for (const at of numbers(3))
        await signingKeys.publish({ kid: `${at}`, publicKey: 'x', createdAt: now - day, expiresAt: now - at * minute });
    });
    const counts = async (prune: () => Promise<number>) => [await prune(), await prune(), await prune()];
    expect(await counts(() => within(store, 'sessions', (sessions) => sessions.prune(now)))).toEqual([100, 30, 0]);
    expect(await counts(() => within(store, 'attempts', (attempts) => attempts.prune(now)))).toEqual([100, 20, 0]);
    expect(await counts(() => within(store, 'securityEvents', (events) => events.prune(now)))).toEqual([100, 10, 0]);
    expect(await counts(() => within(store, 'signingKeys', (keys) => keys.prune(now)))).toEqual([2, 0, 0]);
  });
});
