import { describe, expect, test } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { fillForEveryRule } from '../support/store/corruptions.ts';
import { createDatabase, lastingStores, register, startService } from '../support/processes/service.ts';
import { databaseAt } from '../support/store/stores.ts';

describe.each(lastingStores)('check on %s', (store) => {
  test('finds nothing while the service runs', async () => {
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

  test('tells what is wrong, to people and to programs', async () => {
    await using database = await createDatabase(store);
    await fillForEveryRule(database);
    await databaseAt(database.url).query('update users set mentor_capacity = 0 where id = 2');
    const settings = { DATABASE_URL: database.url };
    const failed = { code: 1, stderr: expect.stringMatching(/^Failed: 1 of \d+ rules do not hold in this store\.\n$/) };

    const people = await runCli(['check'], settings);
    expect(people).toMatchObject(failed);
    expect(people.stdout).toContain('\nWRONG  no mentor has more mentees than they take\n');
    expect(people.stdout).toContain('\n         user 2 takes 0 and has 1\n');

    const programs = await runCli(['check', '--json'], settings);
    expect(programs).toMatchObject(failed);
    const { ok, checks } = JSON.parse(programs.stdout) as { ok: boolean; checks: { wrong: string[] }[] };
    expect([ok, checks.flatMap(({ wrong }) => wrong)]).toEqual([false, ['user 2 takes 0 and has 1']]);
  });
});
