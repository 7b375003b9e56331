import { explainFailure } from '@mentorship/adapters/failures';
import { withDeadline } from '@mentorship/adapters/kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../packages/adapters/src/kysely/postgres/engine.ts';
import { openArchive } from '../../../packages/adapters/src/maintenance/archive/open-archive.ts';
import { stoppedAt } from '../../support/manual-clock.ts';
import { now } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

const unavailable = unavailability('storage_unavailable');

describeOnPostgres('a broken connection', (create) => {
  test('rolls back its transaction, and the next transaction succeeds', async () => {
    const database = await create();
    const store = await openOn(database);
    const admin = await database.connect();
    const broken = store.storage.atomically(async ({ mentorships }) => {
      await mentorships.lockGraph(stoppedAt(now));
      const terminated = await admin.query(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where application_name = 'mentorship' and datname = current_database()`,
      );
      expect(terminated.length).toBeGreaterThan(0);
      await mentorships.lockGraph(stoppedAt(now));
    });
    await expect(broken).rejects.toMatchObject(unavailable);

    await expect(store.storage.atomically(({ mentorships }) => mentorships.lockGraph(stoppedAt(now)))).resolves.toBe(
      now,
    );
    await expect(store.storage.ping()).resolves.toBeUndefined();
    await admin.close();
  });

  test('of a command is explained as PostgreSQL, before and after the server has said why', async () => {
    const database = await create();
    await openOn(database);
    const archive = openArchive(database.url);
    await archive.snapshot();
    const admin = await database.connect();
    await admin.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = 'mentorship archive'
       and datname = current_database()`,
    );
    for (let query = 0; query < 3; query++) {
      const failure: unknown = await archive.tables().catch((error: unknown) => error);
      expect(explainFailure(failure)).toMatch(/^PostgreSQL cannot be used \(/);
    }
    await admin.close();
    await archive[Symbol.asyncDispose]();
  });

  test('never returns to the pool inside a transaction whose begin failed halfway', async () => {
    const { url } = await create();
    await openOn({ url });
    // The server rejects a timeout this long only after it has begun the transaction.
    const engine = openEngine(url, 3_000_000_000);
    onTestFinished(() => engine.close());
    const read = () => withDeadline(() => engine.reads.selectFrom('users').select('id').execute());
    expect(await read()).toEqual([]);
    await expect(withDeadline(() => engine.transaction(async () => 'done'))).rejects.toMatchObject({
      code: '22023',
    });
    expect(await read()).toEqual([]);
    expect(engine.connections()).toMatchObject({ requests: { busy: 0, idle: 1 } });
  });

  // This includes the time between lease and first query, when pg itself does not listen to the connection.
  test('rejects its query at most, and never ends the process', async () => {
    const database = await create();
    const store = await openOn(database);
    const admin = await database.connect();
    let done = false;
    const failures: unknown[] = [];
    const pingUntilDone = async () => {
      while (!done) await store.storage.ping().catch((error: unknown) => failures.push(error));
    };
    const clients = Array.from({ length: 20 }, pingUntilDone);
    for (let cut = 0; cut < 200; cut++)
      await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'mentorship' and datname = current_database()`,
      );
    done = true;
    await Promise.all(clients);
    expect(failures).not.toHaveLength(0);
    for (const failure of failures) expect(failure).toMatchObject(unavailable);
    await expect(store.storage.ping()).resolves.toBeUndefined();
    await admin.close();
  });
});
