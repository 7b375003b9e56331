import { withDeadline } from '@mentorship/adapters/kysely';
import { expect, test } from 'vitest';
import { addUsers, asChanges, detailOf, within } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

const unavailable = unavailability('storage_unavailable');

describeOnPostgres('the patience of one who asks', (create) => {
  test('is one for all that they ask, and others have their own', async () => {
    const store = await openOn(await create());
    const [user] = await addUsers(store, 'user');
    const write = () => within(store, 'users', (users) => users.change(user.id, asChanges({ phone: '123' })));
    await withDeadline(async (patience) => {
      const slow = store.storage.atomically(async ({ users }) => {
        await users.change(user.id, asChanges({ phone: '456' }));
        await expect.poll(patience.left, { timeout: 10_000 }).toBeLessThan(0);
      });
      await expect(slow).rejects.toMatchObject(unavailable);
      await expect(write()).rejects.toMatchObject(unavailable);
      await expect(detailOf(store, user)).rejects.toMatchObject(unavailable);
      // What every process reads in the background is nobody's.
      await expect(store.signingKeyDirectory.list()).resolves.toEqual([]);
    });
    expect(await detailOf(store, user)).toMatchObject({ phone: null });
    await write();
    expect(await detailOf(store, user)).toMatchObject({ phone: '123' });
  });

  test('does not run while they wait for something else', async () => {
    const store = await openOn(await create());
    await withDeadline(async (patience) => {
      await store.storage.ping();
      const left = patience.left();
      const start = performance.now();
      await expect.poll(() => performance.now() - start).toBeGreaterThan(20);
      expect(patience.left()).toBe(left);
    });
  });

  test('ends for all who wait for a connection, and none is kept from those who come later', async () => {
    const database = await create();
    const store = await openOn(database);
    await addUsers(store, 'user');
    const other = await database.connect();
    await other.query('begin');
    await other.query('lock table users in access exclusive mode');
    const list = () => store.userDirectory.list({ after: null, limit: 9, mentor: null });
    const refused = await Promise.allSettled(Array.from({ length: 50 }, list));
    expect(refused).toMatchObject(Array.from({ length: 50 }, () => ({ reason: unavailable })));

    await other.query('rollback');
    await other.close();
    await expect(Promise.all(Array.from({ length: 50 }, list))).resolves.toHaveLength(50);
  });
});
