import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { launch } from '../../support/processes/service.ts';
import { describeOnSqlite, openOn } from '../../support/store/stores.ts';

const sqlite = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely')).resolve(
  'better-sqlite3',
);

/** Another process that tries to lock the file for itself alone. */
const lockExclusively = `
  const Database = require(process.argv[1]);
  const database = new Database(process.argv[2], { timeout: 0 });
  database.pragma('locking_mode = exclusive');
  try {
    database.exec('begin immediate');
    console.log('locked');
  } catch (error) {
    console.log(error.code);
  }`;

describeOnSqlite('an open store', (create) => {
  test('keeps another process from locking the file exclusively', async () => {
    const database = await create();
    const store = await openOn(database);
    await store.storage.ping();
    const path = database.url.slice('sqlite:'.length);
    const { ended } = launch({}, { command: [process.execPath, '-e', lockExclusively, sqlite, path] });
    expect(await ended).toMatchObject({ stdout: 'SQLITE_BUSY\n' });
  });
});
