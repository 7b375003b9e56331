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

  test('needs no folder for temporary files', async () => {
    await using database = await createDatabase(store);
    await fillForEveryRule(database);
    const settings = { DATABASE_URL: database.url, TMPDIR: '/proc/none', SQLITE_TMPDIR: '/proc/none' };
    expect(await runCli(['check'], settings)).toMatchObject({ code: 0, stderr: '' });
  });

  test('notes proxies behind which all clients count as one address, and succeeds all the same', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url, HOST: '0.0.0.0' };
    await using service = await startService(settings);
    const forwarded = { headers: { 'x-forwarded-for': '192.0.2.7' } };
    const reports = async () => (await databaseAt(database.url).query('select key from attempt_counts')).length;
    expect((await fetch(`${service.url}/healthz`, forwarded)).status).toBe(200);
    await expect.poll(reports).toBe(1);
    const ids = Array.from({ length: 10 }, (_, at) => at + 1);
    for (const id of ids) await register(service.url, `user-${id}`);
    const networks = ids.map((id) => `(${id}, '127.0.0.1', '2026-01-01T00:00:00.000Z')`).join();
    await databaseAt(database.url).query(
      `insert into user_networks (user_id, network, last_login_at) values ${networks} on conflict do nothing`,
    );

    const { code, stdout, stderr } = await runCli(['check'], settings);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => line.startsWith('note'))).toEqual([
      expect.stringContaining('HOST is 0.0.0.0 and TRUST_PROXY is none.'),
      expect.stringContaining('127.0.0.1 has forwarded requests, but TRUST_PROXY does not name it'),
      expect.stringContaining('All 10 users are known from 127.0.0.1 alone, a private address.'),
    ]);
    const printed = await runCli(['check', '--json'], { ...settings, TRUST_PROXY: '127.0.0.1' });
    expect(JSON.parse(printed.stdout)).toMatchObject({ ok: true, notes: [expect.stringContaining('All 10 users')] });
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
