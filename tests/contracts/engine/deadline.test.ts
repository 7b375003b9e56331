import { withDeadline } from '@mentorship/adapters/kysely';
import { expect, test } from 'vitest';
import { addUsers, asChanges, detailOf, within } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

const unavailable = unavailability('storage_unavailable');

describeOnPostgres('a deadline', (create) => {
  test('covers all calls of its caller, and no call of another caller or of the background', async () => {
    const store = await openOn(await create());
    const [user] = await addUsers(store, 'user');
    const write = () => within(store, 'users', (users) => users.change(user.id, asChanges({ phone: '123' })));
    await withDeadline(async (deadline) => {
      const slow = store.storage.atomically(async ({ users }) => {
        await users.change(user.id, asChanges({ phone: '456' }));
        await expect.poll(deadline.remainingMs, { timeout: 10_000 }).toBeLessThan(0);
      });
      await expect(slow).rejects.toMatchObject(unavailable);
      await expect(write()).rejects.toMatchObject(unavailable);
      await expect(detailOf(store, user)).rejects.toMatchObject(unavailable);
      await expect(store.signingKeyDirectory.list()).resolves.toEqual([]);
    });
    expect(await detailOf(store, user)).toMatchObject({ phone: null });
    await write();
    expect(await detailOf(store, user)).toMatchObject({ phone: '123' });
  });

  test('does not run while its caller waits for something other than the store', async () => {
    const store = await openOn(await create());
    await withDeadline(async (deadline) => {
      await store.storage.ping();
      const remainingMs = deadline.remainingMs();
      const start = performance.now();
      await expect.poll(() => performance.now() - start).toBeGreaterThan(20);
      expect(deadline.remainingMs()).toBe(remainingMs);
    });
  });

  test('rejects every caller that waits for a connection, and leaks no connection', async () => {
    const database = await create();
    const store = await openOn(database);
    await addUsers(store, 'user');
    const other = await database.connect();
    await other.query('begin');
    await other.query('lock table users in access exclusive mode');
    const list = () => store.userDirectory.list({ after: null, limit: 9, mentor: null });
    const rejected = await Promise.allSettled(Array.from({ length: 50 }, list));
    expect(rejected).toMatchObject(Array.from({ length: 50 }, () => ({ reason: unavailable })));

    await other.query('rollback');
    await other.close();
    await expect(Promise.all(Array.from({ length: 50 }, list))).resolves.toHaveLength(50);
  });
});
