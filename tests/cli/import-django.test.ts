import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDjango } from '@mentorship/adapters/django';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { launchCli, runCli } from '../support/processes/cli.ts';
import { type DjangoUser, leaveInWal, makeDjango, runOn } from '../support/django/database.ts';
import {
  crowdPassword,
  crowdSize,
  djangoCrowd,
  expectedChanges,
  isInactive,
  joinedAt,
} from '../support/django/crowd.ts';
import { hold } from '../support/processes/hold-open.ts';
import { isRoot, unprivilegedUser } from '../support/processes/postgres-server.ts';
import { call, createDatabase, lastingStores, startService, type Tokens } from '../support/processes/service.ts';
import { filesIn } from '../support/store/store-files.ts';
import { sqliteAt } from '../support/store/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000 });

interface Report {
  readonly accounts: number;
  readonly users: number;
  readonly deactivated: number;
  readonly mentors: unknown;
  readonly counts: Record<string, number>;
  readonly leftBehind: unknown;
  readonly deviations: { id: number; username: string; what: string; from: string; to: string | null }[];
}

const readReport = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Report;

const logIn = (url: string, username: string, password: string) =>
  call<Tokens>(url, 'POST /api/login', { body: { username, password } });

const counts = Object.fromEntries(Object.entries(expectedChanges).map(([what, ids]) => [what, ids.length]));

/** The users of the source, as the target must hold them. */
const expectedUsers = (crowd: readonly DjangoUser[], changes: Report['deviations']) => {
  const changed = (id: number, what: string) => changes.find((each) => each.id === id && each.what.startsWith(what));
  return crowd.map(({ id: given, username, email, phone, password, mentor_id }) => {
    const id = Number(given);
    return {
      id,
      username: changed(id, 'username_')?.to ?? username,
      email: changed(id, 'email_') ? null : email || null,
      phone: changed(id, 'phone_') ? null : phone,
      password_hash: password,
      created_at: new Date(joinedAt(id)).toISOString(),
      deactivated: isInactive(id) ? 1 : 0,
      mentor_id: changed(id, 'mentor_') ? null : mentor_id,
    };
  });
};

const usersIn = (url: string) =>
  runOn(url, [
    `select users.id, username, email, phone, password_hash, users.created_at,
       case when deactivated_at is null then 0 else 1 end as deactivated, mentor_id
     from users left join mentorships on mentee_id = users.id and status = 'active' order by users.id`,
  ]);

describe.each([
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
] as const)('an import of ten thousand users from %s to %s', (from, to) => {
  test('reports all changes; active users log in with their old passwords, inactive users do not', async () => {
    await using source = await createDatabase(from);
    await using target = await createDatabase(to);
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    const [settings, where] = [{ DATABASE_URL: target.url }, { folder: folder.path }];
    const crowd = djangoCrowd(from);
    await makeDjango(from, source.url, crowd);
    const named = source.url.replace('sqlite:', '');

    const dryRun = await runCli(['import-django', '--dry-run', named, '--json'], settings, where);
    expect({ ...dryRun, stdout: '' }).toEqual({ stdout: '', stderr: '', code: 0 });
    const report = join(folder.path, 'import.json');
    const { stdout, ...rest } = await runCli(['import-django', named, '--report', 'import.json'], settings, where);
    expect(rest).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(
      /^Imported 10000 accounts as 10000 users, 100 of them deactivated\. Mentors: 9969 kept, 30 removed\.\n/,
    );
    expect(stdout).toContain('The report is in import.json\n');

    expect(statSync(report).mode & 0o777).toBe(0o600);
    const kept = readReport(report);
    expect(kept).toMatchObject({ accounts: crowdSize, users: crowdSize, deactivated: 100, counts });
    expect(kept.leftBehind).toEqual({
      columns: expect.arrayContaining(['last_login', 'is_superuser', 'first_name', 'last_name', 'is_staff']),
      tables: expect.arrayContaining([
        { name: 'django_migrations', rows: 1 },
        { name: 'token_blacklist_outstandingtoken', rows: 2 },
      ]),
    });
    for (const [what, ids] of Object.entries(expectedChanges))
      expect(kept.deviations.filter((each) => each.what === what).map(({ id }) => id)).toEqual(ids);
    expect((JSON.parse(dryRun.stdout) as Report).deviations).toEqual(kept.deviations);
    expect(await usersIn(target.url)).toEqual(expectedUsers(crowd, kept.deviations));

    expect((await runCli(['check'], settings)).code).toBe(0);

    await using service = await startService(settings);
    const { url } = service;
    const renamed = kept.deviations.find(({ id }) => id === 9007);
    for (const [name, id] of [
      ['USER2', 2],
      ['user3', 3],
      ['user4321', 4321],
      [renamed!.to!, 9007],
      ['re\u0301my5101', 5101],
      ['name_with_spaces_5001', 5001],
      [`user${crowdSize}`, crowdSize],
    ] as const)
      expect([name, (await logIn(url, name, crowdPassword(id))).status]).toEqual([name, 200]);

    const inactive = await logIn(url, 'user150', crowdPassword(150));
    expect(inactive).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    expect(inactive.body).toEqual((await logIn(url, 'user151', 'another password')).body);
    expect((await logIn(url, 'user4001', crowdPassword(4001))).status).toBe(401);

    // Only as it was first typed; after the first login in any Unicode form.
    expect((await logIn(url, 'user6', crowdPassword(6).normalize('NFKC'))).status).toBe(401);
    const { body: tokens } = await logIn(url, 'user6', crowdPassword(6));
    expect((await logIn(url, 'user6', crowdPassword(6).normalize('NFKC'))).status).toBe(200);
    const [hash] = await runOn(target.url, ['select password_hash from users where id = 6']);
    expect(hash?.password_hash).toMatch(/^\$argon2id\$/);
    expect((await call(url, 'GET /api/users/me', { token: tokens.access })).body).toMatchObject({
      id: 6,
      username: 'user6',
      mentor_username: 'user3',
      mentees: ['user12', 'user13'],
    });

    expect((await runCli(['users', 'activate', 'user150'], settings)).code).toBe(0);
    expect((await logIn(url, 'user150', crowdPassword(150))).status).toBe(200);
    const reset = await runCli(['users', 'reset-password', 'user4001', '--json'], settings);
    const { password } = JSON.parse(reset.stdout) as { password: string };
    expect((await logIn(url, 'user4001', password)).status).toBe(200);
    const next = await call<{ id: number }>(url, 'POST /api/registration', { body: { username: 'new', password } });
    expect(next.body.id).toBe(crowdSize + 1);
  });
});

/** Three users, two of them with the same name, ignoring case. */
const few = (engine: 'sqlite' | 'postgres'): DjangoUser[] => {
  const [first, second, third] = djangoCrowd(engine);
  return [first!, { ...second!, username: 'User1' }, third!];
};

describe.each(lastingStores)('an import from %s', (engine) => {
  const open = async () => {
    const source = await createDatabase(engine);
    const target = await createDatabase('sqlite');
    const folder = temporaryFolder();
    onTestFinished(async () => {
      await source[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
      folder.remove();
    });
    const run = (...args: string[]) =>
      runCli(['import-django', ...args], { DATABASE_URL: target.url }, { folder: folder.path });
    const targetFile = target.url.slice('sqlite:'.length);
    return { source: source.url, target, targetFile, folder: folder.path, run };
  };

  test('lists its changes and writes nothing with --dry-run', async () => {
    const { source, targetFile, folder, run } = await open();
    await makeDjango(engine, source, few(engine));
    const { stdout, ...rest } = await run('--dry-run', source);
    expect(rest).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain(
      '2  User1_2 has a new username, because a user with a lower id has the same one, ignoring case ("User1" -> "User1_2")\n',
    );
    expect(stdout).toContain('Nothing was written.');
    expect(existsSync(targetFile)).toBe(false);
    expect((await runCli(['migrate', '--status'], { DATABASE_URL: `sqlite:${targetFile}` }, { folder })).code).toBe(1);
    expect((await run('--dry-run', source, '--report', 'tried.json')).code).toBe(0);
    expect(readReport(join(folder, 'tried.json')).counts).toEqual({ username_renamed: 1 });
  });

  test('writes its report to a new file, and never replaces another', async () => {
    const { source, targetFile, folder, run } = await open();
    await makeDjango(engine, source, few(engine));
    await run('--dry-run', source, '--report', 'there.json');
    const before = readFileSync(join(folder, 'there.json'), 'utf8');
    expect(await run(source, '--report', 'there.json')).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^Failed: The report cannot be written \(there\.json already exists\)\. .*\n$/),
      code: 1,
    });
    expect(readFileSync(join(folder, 'there.json'), 'utf8')).toBe(before);
    expect(existsSync(targetFile)).toBe(false);
    const { stdout } = await run(source, '--json');
    const { report } = JSON.parse(stdout) as { report: string };
    expect(report).toMatch(/^mentorship-import-\d{8}T\d{6}Z\.json$/);
    expect(readReport(join(folder, report)).users).toBe(3);
  });

  test('leaves no report when it is killed midway, and succeeds when run again', async () => {
    const { source, target, targetFile, folder, run } = await open();
    await makeDjango(engine, source, few(engine));
    await (await openKyselyStore(target.url)).close();
    // While another process has the target locked, the import waits midway.
    const other = await sqliteAt(targetFile).connect();
    await other.query('begin immediate');
    const notDone = () => readdirSync(folder).filter((name) => name.startsWith('import.json'));
    const args = ['import-django', source, '--report', 'import.json'];
    await using cli = launchCli(args, { DATABASE_URL: target.url }, { folder, group: true });
    await expect.poll(notDone, { interval: 5, timeout: 20_000 }).not.toEqual([]);
    await cli.stop('SIGKILL');
    await other.close();
    expect(notDone()).toEqual([expect.stringMatching(/^import\.json\.not-done-/)]);
    expect(await usersIn(target.url)).toEqual([]);
    expect(await run(source, '--report', 'import.json')).toMatchObject({ code: 0, stderr: '' });
    expect(readReport(join(folder, 'import.json')).users).toBe(3);
  });

  test('fails before it writes users when its report cannot be written', async () => {
    const { source, targetFile, folder, run } = await open();
    await makeDjango(engine, source, few(engine));
    expect(await run(source, '--report', 'no-such-folder/import.json')).toEqual({
      stdout: '',
      stderr: expect.stringMatching(
        /^Failed: The report cannot be written \(ENOENT.*\)\. .* Nothing was imported\.\n$/,
      ),
      code: 1,
    });
    expect([existsSync(targetFile), readdirSync(folder)]).toEqual([false, []]);
  });

  test('refuses a store that has users, and leaves no report', async () => {
    const { source, target, folder, run } = await open();
    await makeDjango(engine, source, few(engine));
    expect((await run(source, '--report', 'first.json')).code).toBe(0);
    const before = await usersIn(target.url);
    for (const args of [
      [source, '--report', 'second.json'],
      ['--dry-run', source],
    ])
      expect(await run(...args)).toEqual({
        stdout: '',
        stderr: expect.stringMatching(
          /^Failed: .* already has users\. Name a new or an empty database in DATABASE_URL\.\n$/,
        ),
        code: 1,
      });
    expect(readdirSync(folder)).toEqual(['first.json']);
    expect(await usersIn(target.url)).toEqual(before);
  });

  test('refuses a store that a service uses, and leaves no report', async () => {
    const { source, target, folder, run } = await open();
    await makeDjango(engine, source, few(engine));
    await using _service = await startService({ DATABASE_URL: target.url });
    expect(await run(source, '--report', 'first.json')).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^Failed: .* is in use\. Stop .*\n$/),
      code: 1,
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(await usersIn(target.url)).toEqual([]);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['is empty', [], /is of another application: it has no table mentorship_user\. Name a database of the original\./],
    [
      'is of another application',
      ['create table mentorship_user (id integer, username text)'],
      /its table mentorship_user has no password, email, phone, mentor_id, is_active, date_joined\./,
    ],
    [
      'is a store of this service',
      ['create table schema_migrations (name text)'],
      /is a store of this service\. Use "copy" for it\./,
    ],
  ])('refuses a source that %s', async (_what, statements, line) => {
    const { source, targetFile, run } = await open();
    await runOn(source, ['create table something (id integer)', ...statements]);
    expect(await run(source)).toEqual({ stdout: '', stderr: expect.stringMatching(line), code: 1 });
    expect(existsSync(targetFile)).toBe(false);
  });

  test('refuses a source that another process has open, but for --dry-run', async () => {
    const { source, targetFile, run } = await open();
    await makeDjango(engine, source, few(engine));
    await using _held = await hold(source);
    expect(await run(source)).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^Failed: .* is in use\. Stop .*\n$/),
      code: 1,
    });
    expect((await run('--dry-run', source)).code).toBe(0);
    expect(existsSync(targetFile)).toBe(false);
  });

  test('imports values that break our rules, and reports each', async () => {
    const { source, target, folder, run } = await open();
    const [one] = few(engine);
    const invalid: Partial<DjangoUser>[] = [
      { id: 7, username: 'seven', mentor_id: -5 },
      { id: -5, username: 'below' },
      {
        id: '5000000000',
        username: 'above',
        date_joined: engine === 'sqlite' ? 'some day' : '2023-05-06 07:08:09.5+05:30',
      },
    ];
    await makeDjango(
      engine,
      source,
      invalid.map((each) => ({ ...one!, ...each })),
    );
    expect((await run(source, '--report', 'invalid.json')).code).toBe(0);
    const { deviations } = readReport(join(folder, 'invalid.json'));
    expect(deviations.filter(({ what }) => what === 'id_changed')).toMatchObject([
      { id: 8, username: 'below', from: '-5', to: '8' },
      { id: 9, username: 'above', from: '5000000000', to: '9' },
    ]);
    expect(deviations.filter(({ what }) => what === 'joined_unknown').map(({ from }) => from)).toEqual(
      engine === 'sqlite' ? ['some day'] : [],
    );
    expect(await usersIn(target.url)).toMatchObject([
      { id: 7, mentor_id: 8 },
      { id: 8 },
      { id: 9, ...(engine === 'postgres' && { created_at: '2023-05-06T01:38:09.500Z' }) },
    ]);
  });
});

test('keeps timestamps, whatever the date style and time zone of the server', async () => {
  await using source = await createDatabase('postgres');
  await using target = await createDatabase('sqlite');
  const [one] = few('postgres');
  const timestamps = ['2023-05-06 07:08:09.123456+02', '1890-01-02 03:04:05+00', '2023-07-08 09:10:11+00'];
  await makeDjango(
    'postgres',
    source.url,
    timestamps.map((date_joined, index) => ({ ...one!, id: index + 1, username: `user${index}`, date_joined })),
  );
  const name = new URL(source.url).pathname.slice(1);
  await runOn(source.url, [
    `alter database ${name} set datestyle = 'German'`,
    `alter database ${name} set timezone = 'Europe/Berlin'`,
  ]);
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const settings = { DATABASE_URL: target.url };
  const { stdout, ...rest } = await runCli(['import-django', source.url], settings, { folder: folder.path });
  expect(rest).toEqual({ stderr: '', code: 0 });
  expect(stdout).toContain('No account was changed.');
  expect((await usersIn(target.url)).map(({ created_at }) => created_at)).toEqual([
    '2023-05-06T05:08:09.123Z',
    '1890-01-02T03:04:05.000Z',
    '2023-07-08T09:10:11.000Z',
  ]);
});

describe('a source in WAL mode', () => {
  test.each(['killed', 'running'])(
    'is read by --dry-run without a change to any of its files, its program %s',
    async (state) => {
      const folder = temporaryFolder();
      onTestFinished(folder.remove);
      const [there, copy] = [join(folder.path, 'there.sqlite3'), join(folder.path, 'db.sqlite3')];
      await makeDjango('sqlite', `sqlite:${there}`, few('sqlite'));
      leaveInWal(there, `update mentorship_user set username = 'late' where id = 2`, copy);
      const program = state === 'running' ? await sqliteAt(copy).connect() : undefined;
      await program?.query('select count(*) from mentorship_user');
      const before = filesIn(folder.path);
      const { stdout, ...rest } = await runCli(['import-django', '--dry-run', copy], {}, { folder: folder.path });
      expect(rest).toEqual({ stderr: '', code: 0 });
      // It has read the file -wal as well.
      expect(stdout).toContain('No account was changed.');
      expect(filesIn(folder.path)).toEqual(before);
      await program?.close();
    },
  );

  test('without a file -wal is left as it was', async () => {
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    const path = join(folder.path, 'db.sqlite3');
    await makeDjango('sqlite', `sqlite:${path}`, few('sqlite'));
    await runOn(`sqlite:${path}`, ['pragma journal_mode = wal']);
    const before = readFileSync(path);
    expect((await runCli(['import-django', '--dry-run', path], {}, { folder: folder.path })).code).toBe(0);
    expect([readdirSync(folder.path), readFileSync(path).equals(before)]).toEqual([['db.sqlite3'], true]);
  });

  test('in a folder that the user may not write to fails with the command that makes a copy', async () => {
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    const path = join(folder.path, 'db.sqlite3');
    await makeDjango('sqlite', `sqlite:${path}`, few('sqlite'));
    await runOn(`sqlite:${path}`, ['pragma journal_mode = wal']);
    chmodSync(path, 0o444);
    chmodSync(folder.path, 0o555);
    const { uid } = isRoot ? await unprivilegedUser() : { uid: undefined };
    if (uid !== undefined) process.seteuid?.(uid);
    try {
      await expect(openDjango(`sqlite:${path}`, { readOnly: true })).rejects.toThrow(
        /db\.sqlite3 cannot be read \(.*\): .* make a copy for you: sqlite3 .*db\.sqlite3 "\.backup copy\.sqlite3"\.$/,
      );
    } finally {
      if (uid !== undefined) process.seteuid?.(0);
      chmodSync(folder.path, 0o755);
    }
  });
});

describe('an invalid source fails in one plain line', () => {
  test.each([
    ['missing.sqlite3', /^Failed: There is no file missing\.sqlite3\. Check the path\.\n$/],
    ['.', /^Failed: \. is not a file\. Check the path\.\n$/],
    ['text.txt', /^Failed: text\.txt is not an SQLite database\. Check the path\.\n$/],
    [
      'mysql://host/database',
      /^error: command-argument value 'mysql:\/\/host\/database' is invalid for argument 'source'\. It must be the path/,
    ],
    [
      'postgres://me:secret@127.0.0.1:1/none',
      /^Failed: 127\.0\.0\.1\/none cannot be read \((?!.*secret).*\)\. Check what it is, and who may read it\.\n$/,
    ],
  ])('%j', async (source, line) => {
    const folder = temporaryFolder();
    onTestFinished(folder.remove);
    writeFileSync(join(folder.path, 'text.txt'), 'no database at all, but long enough for one');
    const settings = { DATABASE_URL: `sqlite:${join(folder.path, 'target.sqlite')}` };
    expect(await runCli(['import-django', source], settings, { folder: folder.path })).toEqual({
      stdout: '',
      stderr: expect.stringMatching(line),
      code: 1,
    });
    expect(existsSync(join(folder.path, 'target.sqlite'))).toBe(false);
  });

  test('a role that may read nothing', async () => {
    await using source = await createDatabase('postgres');
    await makeDjango('postgres', source.url, few('postgres'));
    await using target = await createDatabase('sqlite');
    const role = `reader_${new URL(source.url).pathname.slice(-12)}`;
    await runOn(source.url, [`create role ${role} login password 'secret'`]);
    const url = new URL(source.url);
    [url.username, url.password] = [role, 'secret'];
    const refused = await runCli(['import-django', url.href], { DATABASE_URL: target.url });
    await runOn(source.url, [`drop role ${role}`]);
    expect(refused).toEqual({
      stdout: '',
      stderr: expect.stringMatching(
        /cannot be read \(permission denied for table mentorship_user\)\. Grant its role this right, or name another role in its URL \(DATABASE_URL for the service\)\./,
      ),
      code: 1,
    });
  });
});
