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
import { filesIn, makeOlderStore, makeStore, noStores } from '../support/store/store-files.ts';
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

/** A store whose users a service has registered, and a backup of it that knows john alone. */
const drill = async () => {
  await using service = await startService(settings());
  await register(service.url, 'john');
  const john = await logIn(service.url, 'john');
  expect(await runCli(['backup', file], settings())).toMatchObject({ code: 0 });
  const after = await logIn(service.url, 'john');
  const later = (await register(service.url, 'later')).body.id;
  // What it leaves is in the file beside the store as well.
  await service.stop('SIGKILL');
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  return { john, after, later };
};

describe('restore', () => {
  test('brings back what was, and keeps what is', async () => {
    const { john, later } = await drill();
    const { code, stdout, stderr } = await restore('--replace');
    expect([code, stderr]).toEqual([0, '']);
    const [name = ''] = kept();
    expect(stdout).toBe(`Restored ${file} to ${path}.\nWhat was there before is kept as ${join(folder, name)}.\n`);
    // Nothing of the one is left beside the other.
    expect(readdirSync(folder).toSorted()).toEqual(['backup.sqlite', 'store.sqlite', name]);
    expect([statSync(path).mode & 0o777, await namesIn(join(folder, name))]).toEqual([0o600, ['john', 'later']]);

    await using service = await startService(settings());
    expect((await ownDetail(service.url, await logIn(service.url, 'john'))).status).toBe(200);
    expect(await logIn(service.url, 'later')).toMatchObject({ code: 'invalid_credentials' });
    expect((await ownDetail(service.url, john)).status).toBe(200);
    // Nobody gets the id of somebody who registered after the backup: tokens may name it.
    expect((await register(service.url, 'next')).body.id).toBeGreaterThan(later);
    await service.stop();
    expect(await wrongIn(path)).toEqual([]);
  });

  test('ends every session when it is told to, also those that began after the backup', async () => {
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

  test('needs no store to be there', async () => {
    await makeStore(file);
    const before = readFileSync(file);
    path = join(folder, 'new', 'deeper', 'store.sqlite');
    expect(await restore()).toEqual({ code: 0, stdout: `Restored ${file} to ${path}.\n`, stderr: '' });
    expect(readdirSync(join(folder, 'new', 'deeper'))).toEqual(['store.sqlite']);
    expect(await namesIn(path)).toContain('Alice');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('does not take what is left of another store for a part of the new one', async () => {
    await drill();
    await makeStore(join(folder, 'other.sqlite'));
    file = join(folder, 'other.sqlite');
    // Somebody has moved the store away, and not what is beside it.
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
    ['in all others', 4096, 38 * 4096],
    ['in its last part, which is not there', null, 0],
  ])('takes the place of a store that is damaged %s', async (_, from, length) => {
    await drill();
    if (from === null) truncateSync(path, 20_000);
    else {
      const store = openSync(path, 'r+');
      writeSync(store, Buffer.alloc(length, 0xff), 0, length, from);
      closeSync(store);
    }
    // The service has died without having written its last into the file: that would put the pages right.
    rmSync(`${path}-wal`);
    rmSync(`${path}-shm`);
    writeFileSync(`${path}-wal`, 'what is left of it');
    expect(await restore('--replace')).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(kept()).not.toEqual([]);
    expect(await namesIn(path)).toEqual(['john']);
    expect(await wrongIn(path)).toEqual([]);
  });

  test('leaves nothing to write to for whoever had opened the file before', async () => {
    await makeStore(path);
    await makeStore(file);
    // As a service that is starting: it has the file, and has read nothing of it yet.
    const waiting = await sqliteAt(path).connect();
    expect(await restore('--replace')).toMatchObject({ code: 0, stderr: '' });
    await expect(waiting.query('pragma journal_mode = wal')).rejects.toThrow(/readonly/);
    await waiting.close();
    expect(readdirSync(folder).filter((name) => /-(wal|journal)$/.test(name))).toEqual([]);
    expect(await wrongIn(path)).toEqual([]);
  });

  test('that is interrupted leaves the store as it was, and the next one is made', async () => {
    await makeStore(path);
    await makeStore(file);
    const users = await namesIn(path);
    await sqliteAt(file).query('create table padding as select randomblob(60000000) as bytes');
    await using cli = launchCli(['restore', file, '--replace'], settings());
    await expect.poll(() => readdirSync(folder).some((name) => name.includes('.partial-')), { interval: 2 }).toBe(true);
    await cli.stop('SIGKILL');
    expect(kept()).toEqual([]);
    expect(await namesIn(path)).toEqual(users);
    expect(await wrongIn(path)).toEqual([]);
    expect(await restore('--replace')).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([false, true])('takes a backup of an older release; ends its sessions: %s', async (ending) => {
    await makeOlderStore(file);
    const { code, stdout } = await restore(...(ending ? ['--end-sessions'] : []));
    expect([code, stdout.includes('It is of an older release: the service does 0003-')]).toEqual([0, !ending]);
    const store = await openOn({ url: `sqlite:${path}` });
    expect(await sqliteAt(path).query('select count(*) as open from sessions where ended_at is null')).toEqual([
      { open: ending ? 0 : 2 },
    ]);
    await store.storage.ping();
  });
});

describe('restore refuses, in one line, and touches nothing:', () => {
  const expectRefusal = async (more: string[], line: RegExp) => {
    const before = filesIn(folder);
    const { code, stdout, stderr } = await restore(...more);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(line)]);
    expect(filesIn(folder)).toEqual(before);
  };

  test.each(Object.entries(noStores))('%s as the backup', async (_, { make, line }) => {
    await make(file);
    await expectRefusal([], line);
    await makeStore(path);
    await expectRefusal(['--replace', '--end-sessions'], line);
  });

  test('a backup that is none, for a place whose folders are not there', async () => {
    await sqliteAt(file).query('create table things (id integer)');
    path = join(folder, 'new', 'deeper', 'store.sqlite');
    await expectRefusal([], /belongs to something else/);
    // The first of them can be made.
    path = join(folder, 'new', 'x'.repeat(300), 'store.sqlite');
    await expectRefusal([], /ENAMETOOLONG/);
  });

  test('a store that is there, unless it is told to', async () => {
    await makeStore(path);
    await makeStore(file);
    await expectRefusal([], /^Failed: There is a store at .* already\. Say --replace to put the backup in its place; /);
  });

  test('a store in use', async () => {
    await makeStore(file);
    await using service = await startService(settings());
    await register(service.url, 'john');
    await expectRefusal(['--replace'], /^Failed: .*store\.sqlite is in use\. Stop the service, and .* first\.$/);
    expect((await register(service.url, 'jane')).status).toBe(201);
  });

  test('a database of something else in the place of the store', async () => {
    await makeStore(file);
    await sqliteAt(path).query('create table things (id integer)');
    await expectRefusal(['--replace'], /store\.sqlite belongs to something else: .* Check DATABASE_URL\.$/);
  });

  test('a file that is no database in the place of the store', async () => {
    await makeStore(file);
    writeFileSync(path, 'id,name\n');
    await expectRefusal(['--replace'], /store\.sqlite is no SQLite database\. Check the path\.$/);
  });

  test('the store itself, or one that is in use, as the backup', async () => {
    await makeStore(path);
    file = path;
    await expectRefusal(['--replace'], /is the store itself\. Name a backup of it\.$/);
    file = join(folder, 'backup.sqlite');
    await using service = await startService({ DATABASE_URL: `sqlite:${file}` });
    await register(service.url, 'john');
    await expectRefusal(
      ['--replace'],
      /is a store in use, or was left by one: .*-wal is a part of it\. Name a backup of it\.$/,
    );
  });

  test('a place where nothing can be written', async () => {
    await makeStore(file);
    path = '/proc/store.sqlite';
    await expectRefusal(
      [],
      /^Failed: \/proc\/store\.sqlite cannot be written \(E.*\)\. Check the path, and who may write there\.$/,
    );
  });

  test('PostgreSQL, which has a tool of its own', async () => {
    const url = 'postgres://me:s3cret@db.example.org/mentors?sslmode=require&password=s3cret';
    const { code, stdout, stderr } = await runCli(['restore', 'a.dump'], { DATABASE_URL: url });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `pg_restore --single-transaction --no-owner --dbname='postgres://me@db.example.org/mentors?sslmode=require' a.dump (`,
    );
    expect(stderr).not.toContain('s3cret');
  });
});
