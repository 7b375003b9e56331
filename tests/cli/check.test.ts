import { describe, expect, test } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { fillForEveryRule } from '../support/store/corruptions.ts';
import { createDatabase, lastingStores, register, startService } from '../support/processes/service.ts';
import { databaseAt } from '../support/store/stores.ts';

describe.each(lastingStores)('check on %s', (store) => {
  test('finds nothing wrong while the service runs', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using service = await startService(settings);
    await register(service.url, 'alice');
    await register(service.url, 'john', { mentor_username: 'alice' });
    expect(await runCli(['check'], settings)).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^(ok {5}.+\n)+$/),
      stderr: '',
    });
  });

  test('reports violations as lines and as JSON', async () => {
    await using database = await createDatabase(store);
    await fillForEveryRule(database);
    await databaseAt(database.url).query('update users set mentor_capacity = 0 where id = 2');
    const settings = { DATABASE_URL: database.url };
    const failed = { code: 1, stderr: expect.stringMatching(/^Failed: The store breaks 1 of \d+ rules\.\n$/) };

    const lines = await runCli(['check'], settings);
    expect(lines).toMatchObject(failed);
    expect(lines.stdout).toContain('\nWRONG  no mentor has more mentees than their capacity\n');
    expect(lines.stdout).toContain('\n         user 2: capacity 0, mentees 1\n');

    const printed = await runCli(['check', '--json'], settings);
    expect(printed).toMatchObject(failed);
    const { ok, checks } = JSON.parse(printed.stdout) as { ok: boolean; checks: { wrong: string[] }[] };
    expect([ok, checks.flatMap(({ wrong }) => wrong)]).toEqual([false, ['user 2: capacity 0, mentees 1']]);
  });
});
