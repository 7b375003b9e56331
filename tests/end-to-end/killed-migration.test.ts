import { statSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { growGolden, loadGolden } from '../support/store/golden.ts';
import { rowsOf, schemaOf } from '../support/store/releases.ts';
import { createDatabase, launch, lastingStores, logIn, ownDetail, startService } from '../support/processes/service.ts';
import { type Database, databaseAt } from '../support/store/stores.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Waits until a migration from the first schema has run some of its statements, but not all, then runs `act`. */
const midway = {
  /** A large transaction writes to the log before it commits. */
  async sqlite({ url }: Database, act: () => Promise<void>) {
    const written = () => statSync(`${url.slice('sqlite:'.length)}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    while (written() < 2 ** 20) await new Promise(setImmediate);
    await act();
  },

  /** A reader locks the users table. The migration has changed the sessions table before it waits for that lock. */
  async postgres(database: Database, act: () => Promise<void>) {
    const reader = await database.connect();
    await reader.query('begin');
    await reader.query('select id from users limit 1');
    const waiting = `select query from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like 'alter table "users"%'`;
    await expect.poll(() => database.query(waiting), { timeout: 60_000 }).toHaveLength(1);
    await act();
    await reader.close();
  },
};

describe.each(lastingStores)('a migration on %s', (store) => {
  test('that is killed midway leaves the older database unchanged, and the next start migrates it', async () => {
    await using created = await createDatabase(store);
    const database = databaseAt(created.url);
    await loadGolden(store, '0001', database);
    await growGolden(database, 20_000);
    const read = async () => [await schemaOf(store, database), await rowsOf(store, database)];
    const before = await read();

    await using killed = launch({ DATABASE_URL: created.url });
    await midway[store](database, async () => {
      expect(await killed.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL', stderr: '' });
    });
    expect(await read()).toEqual(before);

    await using service = await startService({ DATABASE_URL: created.url });
    expect(await ownDetail(service.url, await logIn(service.url, 'bob'))).toMatchObject({
      status: 200,
      body: { username: 'bob', mentor_username: 'Alice' },
    });
    await using empty = await createDatabase(store);
    await using fresh = await startService({ DATABASE_URL: empty.url });
    await fresh.stop();
    expect(await schemaOf(store, database)).toEqual(await schemaOf(store, databaseAt(empty.url)));
    expect(await database.query(`select id from users where username like 'grown-%'`)).toHaveLength(20_000);
  });
});
