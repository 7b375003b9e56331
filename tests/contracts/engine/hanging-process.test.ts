import type { Store } from '@mentorship/adapters/store';
import type { SessionReference } from '@mentorship/application';
import { expect, test } from 'vitest';
import { addUsers, now, session, within } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

const end = (store: Store, { id, userId }: SessionReference) =>
  within(store, 'sessions', (sessions) => sessions.end({ id, userId }, 'logout', now));

describeOnPostgres('a process that hangs in a transaction', (create) => {
  test('lets go of what it has locked, and has done nothing', async () => {
    const database = await create();
    const [hanging, other] = [await openOn(database), await openOn(database)];
    const [owner] = await addUsers(other, 'owner');
    const [mine, another] = [session('mine', owner.id), session('another', owner.id)];
    await within(other, 'sessions', async (sessions) => {
      for (const each of [mine, another]) await sessions.open(each);
    });

    const [ended, awake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const hung = within(hanging, 'sessions', async (sessions) => {
      await sessions.end({ id: mine.id, userId: owner.id }, 'logout', now);
      ended.resolve();
      await awake.promise;
    });
    await ended.promise;
    const endAnother = () =>
      end(other, another).then(
        (all) => all.map(({ id }) => id),
        (error: { code: string }) => error.code,
      );
    await expect.poll(endAnother, { timeout: 15_000 }).toEqual(['another']);

    awake.resolve();
    await expect(hung).rejects.toMatchObject(unavailability('storage_unavailable'));
    expect(await other.sessionDirectory.isOpen(mine)).toBe(true);
    await expect(end(hanging, mine)).resolves.toHaveLength(1);
  });
});
