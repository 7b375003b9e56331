import { expect, test } from 'vitest';
import { stoppedAt } from '../support/manual-clock.ts';
import { now } from '../support/records.ts';
import { refusal } from '../support/refusals.ts';
import { describeOnPostgres, openOn } from '../support/stores.ts';

describeOnPostgres('a connection that breaks', (create) => {
  test('between two statements of a transaction undoes it, and the next one goes on', async () => {
    const database = await create();
    const store = await openOn(database);
    const other = await database.connect();
    const broken = store.storage.atomically(async ({ mentorships }) => {
      await mentorships.lockGraph(stoppedAt(now));
      const ended = await other.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where application_name = 'mentorship' and datname = current_database()`,
      );
      expect(ended.length).toBeGreaterThan(0);
      await mentorships.lockGraph(stoppedAt(now));
    });
    await expect(broken).rejects.toMatchObject(refusal('storage_unavailable'));

    await expect(store.storage.atomically(({ mentorships }) => mentorships.lockGraph(stoppedAt(now)))).resolves.toBe(
      now,
    );
    await expect(store.storage.ping()).resolves.toBeUndefined();
    await other.close();
  });

  // Also between being handed out and the first question, when nobody but us listens to it.
  test('at any moment is a refusal at most, and never ends the process', async () => {
    const database = await create();
    const store = await openOn(database);
    const other = await database.connect();
    let over = false;
    const failures: unknown[] = [];
    const ask = async () => {
      while (!over) await store.storage.ping().catch((error: unknown) => failures.push(error));
    };
    const asking = Array.from({ length: 20 }, ask);
    for (let cut = 0; cut < 200; cut++)
      await other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'mentorship' and datname = current_database()`,
      );
    over = true;
    await Promise.all(asking);
    expect(failures).not.toHaveLength(0);
    for (const failure of failures) expect(failure).toMatchObject(refusal('storage_unavailable'));
    await expect(store.storage.ping()).resolves.toBeUndefined();
    await other.close();
  });
});
