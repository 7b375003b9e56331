import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { backupStore, checkStore } from '@mentorship/adapters/maintenance';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { call, logIn, register, startService } from '../support/processes/service.ts';
import { filesIn, makeOlderStore, makeStore, invalidStores } from '../support/store/store-files.ts';
import { openOn, sqliteAt } from '../support/store/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let path: string;
let file: string;
beforeEach(() => {
  const temporary = temporaryFolder();
  onTestFinished(() => temporary.remove());
  folder = temporary.path;
  [path, file] = [join(folder, 'store.sqlite'), join(folder, 'backup.sqlite')];
});

const backup = (to = file, url = `sqlite:${path}`, ...more: string[]) =>
  runCli(['backup', to, ...more], { DATABASE_URL: url });

/** Adds so many rows that a backup takes several steps. */
const makeLarge = () =>
  sqliteAt(path).query(`insert into security_events (type, occurred_at, user_id, count, user_agent, keep_until)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 250000)
    select 'logged_in', '2026-01-01T12:00:00.123Z', 1, 1, 'a browser that says a lot of itself and of others', '2099-01-01T12:00:00.123Z' from n`);

describe('backup', () => {
  test('writes a complete store to one file that only the user can read', async () => {
    await makeStore(path);
    const { code, stdout, stderr } = await backup(file, undefined, '--json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ file, bytes: statSync(file).size, seconds: expect.any(Number) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).toSorted()).toEqual(['backup.sqlite', 'store.sqlite']);
    // It needs no other file, and reading it creates none.
    expect(await sqliteAt(file).query('pragma journal_mode')).toEqual([{ journal_mode: 'delete' }]);
    const users = 'select * from users';
    expect(await sqliteAt(file).query(users)).toEqual(await sqliteAt(path).query(users));
    expect((await checkStore(`sqlite:${file}`)).flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  test('holds all that was acknowledged before it began, while the service keeps writing', async () => {
    await (await openKyselyStore(`sqlite:${path}`)).close();
    await makeLarge();
    await using service = await startService({ DATABASE_URL: `sqlite:${path}` });
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) await register(service.url, name);
    const written = new Map(names.map((name) => [name, 0]));
    let stopped = false;
    const write = async (name: string) => {
      const { access: token } = await logIn(service.url, name);
      for (let count = 1; !stopped; count++) {
        const answer = await call(service.url, 'PATCH /api/users/me', { body: { phone: `555 ${count}` }, token });
        expect(answer.status).toBe(200);
        written.set(name, count);
      }
    };
    const writers = names.map(write);
    await expect.poll(() => Math.min(...written.values()), { timeout: 30_000 }).toBeGreaterThan(20);

    const before = new Map(written);
    expect(await backup()).toMatchObject({ code: 0, stderr: '' });
    const after = new Map(written);
    stopped = true;
    await Promise.all(writers);

    expect((await checkStore(`sqlite:${file}`)).flatMap(({ wrong }) => wrong)).toEqual([]);
    const phones = await sqliteAt(file).query('select username, phone from users');
    for (const { username, phone } of phones) {
      const [, kept] = String(phone).split(' ').map(Number);
      expect(kept).toBeGreaterThanOrEqual(before.get(String(username))!);
      // The writers continued after the backup began.
      expect(kept).toBeLessThan(after.get(String(username))!);
    }
    expect(phones).toHaveLength(names.length);
  });

  test('holds the state in which it began, whatever is written between its steps', async () => {
    await makeStore(path);
    await makeLarge();
    let steps = 0;
    await backupStore(`sqlite:${path}`, file, () => {
      steps += 1;
      void sqliteAt(path).query(`update users set phone = '${steps}' where id = 1`);
    });
    expect(steps).toBeGreaterThan(2);
    const phone = 'select phone from users where id = 1';
    expect(await sqliteAt(file).query(phone)).toEqual([{ phone: null }]);
    expect(await sqliteAt(path).query(phone)).toEqual([{ phone: `${steps}` }]);
  });

  test('removes what a killed backup has left of the same target', async () => {
    await makeStore(path);
    const { pid } = spawnSync(process.execPath, ['--version']);
    for (const ending of ['', '-journal']) writeFileSync(`${file}.partial-${pid}${ending}`, 'left');
    expect(await backup()).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder).toSorted()).toEqual(['backup.sqlite', 'store.sqlite']);
  });

  test('accepts a store of an older release, and does not migrate it', async () => {
    await makeOlderStore(path);
    expect(await backup()).toMatchObject({ code: 0, stderr: '' });
    const steps = 'select name from schema_migrations';
    expect(await sqliteAt(file).query(steps)).toEqual(await sqliteAt(path).query(steps));
  });
});

describe('backup refuses in one line, and changes nothing:', () => {
  const expectRefusal = async (args: [to?: string, url?: string], line: RegExp) => {
    const before = filesIn(folder);
    const { code, stdout, stderr } = await backup(...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(line)]);
    expect(filesIn(folder)).toEqual(before);
  };

  test.each(Object.entries(invalidStores))('%s', async (_, { make, line }) => {
    await make(path);
    await expectRefusal([], line);
  });

  test('an existing file', async () => {
    await makeStore(path);
    writeFileSync(file, 'mine');
    await expectRefusal([], /^Failed: .*backup\.sqlite already exists\. Name another file, or move this one away\.$/);
    await expectRefusal([path], /already exists/);
    mkdirSync(join(folder, 'sub'));
    await expectRefusal([join(folder, 'sub')], /already exists/);
  });

  test.each(['no-such-folder/backup.sqlite', 'store.sqlite/backup.sqlite', '../../proc/backup.sqlite'])(
    'a place that cannot be written, %s',
    async (place) => {
      await makeStore(path);
      await expectRefusal(
        [place.startsWith('..') ? '/proc/backup.sqlite' : join(folder, place)],
        /^Failed: .* cannot be written \(E.*\)\. (A part of its path is a file, not a folder\. )?Check the path, /,
      );
    },
  );

  test.each(['mysql://host/db', 'postgres//host/db', 'memory', 'sqlite:'])('an invalid URL, %s', async (url) => {
    await expectRefusal([file, url], /^Failed: DATABASE_URL must be sqlite:<path>/);
  });

  test('a store in memory', async () => {
    await expectRefusal(
      [file, 'memory:'],
      /^Failed: DATABASE_URL is memory:, which cannot be used here; use sqlite: or postgres:\.$/,
    );
  });

  test('PostgreSQL, and prints the pg_dump command', async () => {
    const before = filesIn(folder);
    const { code, stdout, stderr } = await backup(`it's a backup`, 'postgres://me:s3cret@db.example.org:5433/mentors');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `pg_dump --format=custom --file='it'\\''s a backup' postgres://me@db.example.org:5433/mentors (`,
    );
    expect(stderr).not.toContain('s3cret');
    expect(filesIn(folder)).toEqual(before);
  });

  test('no argument, and two', async () => {
    const { code, stderr } = await runCli(['backup'], {});
    expect([code, stderr]).toEqual([1, expect.stringMatching(/missing required argument 'file'/)]);
    expect(await runCli(['backup', 'a', 'b'], {})).toMatchObject({ code: 1 });
  });

  test('a store with a row that refers to a missing row', async () => {
    await makeStore(path);
    const connection = await sqliteAt(path).connect();
    await connection.query('pragma foreign_keys = off');
    await connection.query(`insert into user_skills values ('go', 77)`);
    await connection.close();
    await expectRefusal(
      [],
      /store\.sqlite is damaged \(row .* of user_skills refers to a row that does not exist in users\)/,
    );
    await (await openOn({ url: `sqlite:${path}` })).storage.ping();
  });
});
