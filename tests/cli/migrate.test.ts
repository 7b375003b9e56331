import { describe, expect, test } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { foreignDatabases, makeForeign } from '../support/store/foreign-databases.ts';
import { createDatabase, lastingStores } from '../support/processes/service.ts';
import { databaseAt } from '../support/store/stores.ts';

test('migrate creates the schema, and lists the migrations', async () => {
  await using database = await createDatabase('sqlite');
  const settings = { DATABASE_URL: database.url };
  expect(await runCli(['migrate'], settings)).toEqual({
    stdout: expect.stringMatching(/^0001\S+ {2}20\S+Z\n/),
    stderr: '',
    code: 0,
  });
  const { stdout } = await runCli(['migrate', '--status', '--json'], settings);
  expect(JSON.parse(stdout)).toEqual({
    migrations: expect.arrayContaining([{ name: '0001-accounts-and-sessions', appliedAt: expect.any(String) }]),
  });
});

describe.each(lastingStores)('on %s, migrate', (store) => {
  test.each(foreignDatabases)('refuses a database %s in one line, also with --status', async (what) => {
    await using database = await createDatabase(store);
    await makeForeign(databaseAt(database.url), what);
    for (const args of [['migrate'], ['migrate', '--status']])
      expect(await runCli(args, { DATABASE_URL: database.url })).toEqual({
        stdout: '',
        stderr: expect.stringMatching(/^Failed: .* belongs to something else: .*DATABASE_URL\.\n$/),
        code: 1,
      });
  });
});
