import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { checkStore } from '@mentorship/adapters/maintenance';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { launchCli, runCli } from '../support/processes/cli.ts';
import { logIn, ownDetail, refresh, register, startService } from '../support/processes/service.ts';
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

const settings = () => ({ DATABASE_URL: `sqlite:${path}` });
const restore = (...more: string[]) => runCli(['restore', file, ...more], settings());
const namesIn = async (store: string) =>
  (await sqliteAt(store).query('select username from users order by id')).map(({ username }) => username);
const kept = () => readdirSync(folder).filter((name) => name.includes('.replaced-'));
const wrongIn = async (store: string) => (await checkStore(`sqlite:${store}`)).flatMap(({ wrong }) => wrong);

/** Leaves a store with john and later, and a backup of it with john alone. */
const drill = async () => {
  await using service = await startService(settings());
  await register(service.url, 'john');
  const john = await logIn(service.url, 'john');
  expect(await runCli(['backup', file], settings())).toMatchObject({ code: 0 });
  const after = await logIn(service.url, 'john');
  const later = (await register(service.url, 'later')).body.id;
  // A killed service leaves a part of the store in the file -wal.
  await service.stop('SIGKILL');
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  return { john, after, later };
};

describe('restore', () => {
  test('restores the backup, and keeps the previous store', async () => {
    const { john, later } = await drill();
    const { code, stdout, stderr } = await restore('--replace');
    expect([code, stderr]).toEqual([0, '']);
    const [name = ''] = kept();
    expect(stdout).toBe(`Restored ${file} to ${path}.\nThe previous store is kept as ${join(folder, name)}.\n`);
    // No other file of either store is left.
    expect(readdirSync(folder).toSorted()).toEqual(['backup.sqlite', 'store.sqlite', name]);
    expect([statSync(path).mode & 0o777, await namesIn(join(folder, name))]).toEqual([0o600, ['john', 'later']]);

    await using service = await startService(settings());
    expect((await ownDetail(service.url, await logIn(service.url, 'john'))).status).toBe(200);
    expect(await logIn(service.url, 'later')).toMatchObject({ code: 'invalid_credentials' });
    expect((await ownDetail(service.url, john)).status).toBe(200);
    // The id of a user who registered after the backup is not assigned again: tokens may name it.
    expect((await register(service.url, 'next')).body.id).toBeGreaterThan(later);
    await service.stop();
    expect(await wrongIn(path)).toEqual([]);
  });

  test('ends every session with --end-sessions, also those that began after the backup', async () => {
    const { john, after } = await drill();
    const { code, stdout } = await restore('--replace', '--end-sessions', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      store: path,
      replaced: join(folder, kept()[0] ?? ''),
      endedSessions: 1,
      stepsToBeDone: [],
    });
    expect(await wrongIn(path)).toEqual([]);
    await using service = await startService(settings());
    for (const tokens of [john, after]) {
      expect((await ownDetail(service.url, tokens)).status).toBe(401);
      expect((await refresh(service.url, tokens)).status).toBe(401);
    }
    const tokens = await logIn(service.url, 'john');
    expect((await ownDetail(service.url, tokens)).status).toBe(200);
    expect(
      await sqliteAt(path).query(`select user_id, reason from security_events where type = 'session_ended'`),
    ).toEqual([{ user_id: 1, reason: 'revoked' }]);
  });

  test('needs no existing store', async () => {
    await makeStore(file);
    const before = readFileSync(file);
    path = join(folder, 'new', 'deeper', 'store.sqlite');
    expect(await restore()).toEqual({ code: 0, stdout: `Restored ${file} to ${path}.\n`, stderr: '' });
    expect(readdirSync(join(folder, 'new', 'deeper'))).toEqual(['store.sqlite']);
    expect(await namesIn(path)).toContain('Alice');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('moves away files of another store, which SQLite would read as parts of the new one', async () => {
    await drill();
    await makeStore(join(folder, 'other.sqlite'));
    file = join(folder, 'other.sqlite');
    // An operator has moved the store away, but not its other files.
    copyFileSync(path, join(folder, 'moved.sqlite'));
    rmSync(path);
    expect(await restore()).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(
      kept()
        .map((name) => name.replace(/.*Z/, ''))
        .toSorted(),
    ).toEqual(['-shm', '-wal']);
    expect(await wrongIn(path)).toEqual([]);
    expect(await namesIn(path)).toContain('Alice');
  });

  test.each([
    ['in its first page', 100, 4000],
    ['in all other pages', 4096, 38 * 4096],
    ['because its last part is missing', null, 0],
  ])('replaces a store that is damaged %s', async (_, from, length) => {
    await drill();
    if (from === null) truncateSync(path, 20_000);
    else {
      const store = openSync(path, 'r+');
      writeSync(store, Buffer.alloc(length, 0xff), 0, length, from);
      closeSync(store);
    }
    // Without its -wal file, which would repair the pages.
    rmSync(`${path}-wal`);
    rmSync(`${path}-shm`);
    writeFileSync(`${path}-wal`, 'leftovers');
    expect(await restore('--replace')).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(kept()).not.toEqual([]);
    expect(await namesIn(path)).toEqual(['john']);
    expect(await wrongIn(path)).toEqual([]);
  });

  test('refuses writes of a process that had opened the previous store', async () => {
    await makeStore(path);
    await makeStore(file);
    // Like a starting service, which has opened the file and read nothing yet.
    const waiting = await sqliteAt(path).connect();
    expect(await restore('--replace')).toMatchObject({ code: 0, stderr: '' });
    await expect(waiting.query('pragma journal_mode = wal')).rejects.toThrow(/readonly/);
    await waiting.close();
    expect(readdirSync(folder).filter((name) => /-(wal|journal)$/.test(name))).toEqual([]);
    expect(await wrongIn(path)).toEqual([]);
  });

  test('leaves the store as it was when it is killed, and the next restore succeeds', async () => {
    await makeStore(path);
    await makeStore(file);
    const users = await namesIn(path);
    await sqliteAt(file).query('create table padding as select randomblob(60000000) as bytes');
    await using cli = launchCli(['restore', file, '--replace'], settings(), { group: true });
    await expect
      .poll(() => readdirSync(folder).some((name) => name.includes('.partial-')), { interval: 2, timeout: 30_000 })
      .toBe(true);
    await cli.stop('SIGKILL');
    expect(kept()).toEqual([]);
    expect(await namesIn(path)).toEqual(users);
    expect(await wrongIn(path)).toEqual([]);
    expect(await restore('--replace')).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([false, true])('accepts a backup of an older release; --end-sessions: %s', async (ending) => {
    await makeOlderStore(file);
    const { code, stdout } = await restore(...(ending ? ['--end-sessions'] : []));
    expect([code, stdout.includes('The backup is of an older release: the service will apply 0003-')]).toEqual([
      0,
      !ending,
    ]);
    const store = await openOn({ url: `sqlite:${path}` });
    expect(await sqliteAt(path).query('select count(*) as open from sessions where ended_at is null')).toEqual([
      { open: ending ? 0 : 2 },
    ]);
    await store.storage.ping();
  });
});

describe('restore refuses in one line, and changes nothing:', () => {
  const expectRefusal = async (more: string[], line: RegExp) => {
    const before = filesIn(folder);
    const { code, stdout, stderr } = await restore(...more);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(line)]);
    expect(filesIn(folder)).toEqual(before);
  };

  test.each(Object.entries(invalidStores))('%s as the backup', async (_, { make, line }) => {
    await make(file);
    await expectRefusal([], line);
    await makeStore(path);
    await expectRefusal(['--replace', '--end-sessions'], line);
  });

  test('an invalid backup, for a path whose folders do not exist', async () => {
    await sqliteAt(file).query('create table things (id integer)');
    path = join(folder, 'new', 'deeper', 'store.sqlite');
    await expectRefusal([], /belongs to something else/);
    // The first of these folders can be created.
    path = join(folder, 'new', 'x'.repeat(300), 'store.sqlite');
    await expectRefusal([], /ENAMETOOLONG/);
  });

  test.each([
    'create trigger spy after update on users begin select 1; end',
    'create view overview as select id from users',
    `create trigger security_events_kept before delete on security_events begin select 1; end`,
  ])('a backup in which others can change or hide what the service writes: %s', async (statement) => {
    await makeStore(file);
    if (statement.includes('security_events')) await sqliteAt(file).query('drop trigger security_events_kept');
    await sqliteAt(file).query(statement);
    await expectRefusal(
      [],
      /^Failed: .*backup\.sqlite has a program that no release creates \(.*\)\. Use an unchanged backup\.$/,
    );
  });

  test('an existing store, without --replace', async () => {
    await makeStore(path);
    await makeStore(file);
    await expectRefusal(
      [],
      /^Failed: There is already a store at .*\. Add --replace to replace it; it is kept beside it\.$/,
    );
  });

  test('a store in use', async () => {
    await makeStore(file);
    await using service = await startService(settings());
    await register(service.url, 'john');
    await expectRefusal(['--replace'], /^Failed: .*store\.sqlite is in use\. Stop the service, and .* first\.$/);
    expect((await register(service.url, 'jane')).status).toBe(201);
  });

  test('to replace a database of another application', async () => {
    await makeStore(file);
    await sqliteAt(path).query('create table things (id integer)');
    await expectRefusal(['--replace'], /store\.sqlite belongs to something else: .* Check DATABASE_URL\.$/);
  });

  test('to replace a file that is not a database', async () => {
    await makeStore(file);
    writeFileSync(path, 'id,name\n');
    await expectRefusal(['--replace'], /store\.sqlite is not an SQLite database\. Check the path\.$/);
  });

  test('the store itself, or a store in use, as the backup', async () => {
    await makeStore(path);
    file = path;
    await expectRefusal(['--replace'], /is the store itself\. Name a backup of it\.$/);
    file = join(folder, 'backup.sqlite');
    await using service = await startService({ DATABASE_URL: `sqlite:${file}` });
    await register(service.url, 'john');
    await expectRefusal(
      ['--replace'],
      /is a store in use, or a process left it unfinished: .*-wal is a part of it\. Name a backup of it\.$/,
    );
  });

  test('a place that cannot be written', async () => {
    await makeStore(file);
    path = '/proc/store.sqlite';
    await expectRefusal(
      [],
      /^Failed: \/proc\/store\.sqlite cannot be written \(E.*\)\. Check the path, and who may write there\.$/,
    );
  });

  test('PostgreSQL, and prints the pg_restore command', async () => {
    const url =
      'postgres://me:s3cret@db.example.org/mentors?sslmode=require&password=s3cret&application_name=x&pool_size=3';
    const { code, stdout, stderr } = await runCli(['restore', 'a.dump'], { DATABASE_URL: url });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `pg_restore --single-transaction --no-owner --dbname='postgres://me@db.example.org/mentors?sslmode=require' a.dump (`,
    );
    expect(stderr).not.toContain('s3cret');
  });
});
