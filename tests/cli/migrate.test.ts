import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createDatabase } from '../support/service.ts';

test('migrate makes the schema, and says so', async () => {
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
