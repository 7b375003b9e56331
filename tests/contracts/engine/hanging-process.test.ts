import type { Store } from '@mentorship/adapters/store';
import type { SessionReference } from '@mentorship/application';
import { expect, test } from 'vitest';
import { addUsers, now, session, within } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

const end = (store: Store, { id, userId }: SessionReference) =>
  within(store, 'sessions', (sessions) => sessions.end({ id, userId }, 'logout', now));

describeOnPostgres('a process that hangs in a transaction', (create) => {
  test('loses its locks, and its transaction rolls back', async () => {
    const database = await create();
    const [hanging, other] = [await openOn(database), await openOn(database)];
    const [owner] = await addUsers(other, 'owner');
    const [first, second] = [session('first', owner.id), session('second', owner.id)];
    await within(other, 'sessions', async (sessions) => {
      for (const each of [first, second]) await sessions.open(each);
    });

    const [ended, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const hung = within(hanging, 'sessions', async (sessions) => {
      await sessions.end({ id: first.id, userId: owner.id }, 'logout', now);
      ended.resolve();
      await awake.promise;
    });
    await ended.promise;
    const endSecond = () =>
      end(other, second).then(
        (all) => all.map(({ id }) => id),
        (error: { code: string }) => error.code,
      );
    await expect.poll(endSecond, { timeout: 15_000 }).toEqual(['second']);

    awake.resolve();
    await expect(hung).rejects.toMatchObject(unavailability('storage_unavailable'));
    expect(await other.sessionDirectory.isOpen(first)).toBe(true);
    await expect(end(hanging, first)).resolves.toHaveLength(1);
  });
});
