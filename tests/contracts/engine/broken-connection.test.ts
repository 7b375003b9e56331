import { withDeadline } from '@mentorship/adapters/kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../../packages/adapters/src/kysely/postgres/engine.ts';
import { stoppedAt } from '../../support/manual-clock.ts';
import { now } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

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
    await expect(broken).rejects.toMatchObject(unavailability('storage_unavailable'));

    await expect(store.storage.atomically(({ mentorships }) => mentorships.lockGraph(stoppedAt(now)))).resolves.toBe(
      now,
    );
    await expect(store.storage.ping()).resolves.toBeUndefined();
    await other.close();
  });

  test('does not go back inside a transaction that could not be begun as it should', async () => {
    const { url } = await create();
    await openOn({ url });
    // More milliseconds than the server takes for a limit: it says so when the transaction has begun already.
    const engine = openPostgres(url, 3_000_000_000);
    onTestFinished(() => engine.close());
    const ask = () => withDeadline(() => engine.reads.selectFrom('users').select('id').execute());
    expect(await ask()).toEqual([]);
    await expect(withDeadline(() => engine.transaction(async () => 'done'))).rejects.toMatchObject({
      code: '22023',
    });
    expect(await ask()).toEqual([]);
    expect(engine.connections()).toMatchObject({ requests: { busy: 0, idle: 1 } });
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
    for (const failure of failures) expect(failure).toMatchObject(unavailability('storage_unavailable'));
    await expect(store.storage.ping()).resolves.toBeUndefined();
    await other.close();
  });
});
