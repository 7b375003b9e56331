import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { securityEvent, unknownClient } from '@mentorship/domain';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { foreignDatabases, makeForeign } from '../support/store/foreign-databases.ts';
import { createPostgresDatabase } from '../support/processes/postgres.ts';
import {
  accountOf,
  addUsers,
  awkwardTexts,
  link,
  loginBy,
  newUser,
  now,
  session,
  setProfile,
} from '../support/records.ts';
import { schemaOf } from '../support/store/releases.ts';
import { openOn, postgresAt, sqliteAt } from '../support/store/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let files = 0;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

const newPath = () => join(folder.path, `${(files += 1)}.sqlite`);
const newSqlite = () => `sqlite:${newPath()}`;
const newPostgres = async () => {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop);
  return url;
};
const pathOf = (url: string) => url.slice('sqlite:'.length);
const databaseAt = (url: string) => (url.startsWith('sqlite:') ? sqliteAt(pathOf(url)) : postgresAt(url));

/** Fills a store with rows in every table but mentorships, whose last id is 1. */
const filled = async (url: string): Promise<string> => {
  const store = await openKyselyStore(url);
  const [alice, bob, carol] = await addUsers(store, 'Alice', 'Bøb', 'carol');
  await link(store, alice, bob);
  await setProfile(store, bob, { mentorPolicy: 'approval', skills: ['Rust', 'дизайн'] as never, mentorCapacity: 3 });
  for (const [index, bio] of awkwardTexts.entries()) {
    const [user] = await addUsers(store, `awkward-${index}`);
    await setProfile(store, user, { bio });
  }
  await store.storage.atomically(async ({ users, sessions, signingKeys, attempts, securityEvents }) => {
    await users.recordLogin(loginBy(alice.id, newUser('x').passwordHash, { network: '192.0.2.1' }));
    await sessions.open(session('open', alice.id));
    await sessions.open(session('ended', bob.id));
    await sessions.end({ userId: bob.id }, 'logout', now);
    await signingKeys.publish({ kid: 'kid', publicKey: 'x', createdAt: now, expiresAt: now + 1000 });
    await attempts.raise([{ key: 'key', by: 3, until: now + 1000 }], now);
    await users.erase(carol.id, newUser('x').passwordHash, now);
    await securityEvents.add([
      securityEvent({ type: 'logged_in', userId: alice.id }, unknownClient, { at: now, retention: 10 ** 9 }),
    ]);
  });
  await store.close();
  const { query } = databaseAt(url);
  await query(`delete from mentorships`);
  return url;
};

const copy = (from: string, to: string, ...more: string[]) => runCli(['copy', from, to, ...more]);

describe('copy', () => {
  test('copies everything from SQLite to PostgreSQL and back, with equal checksums', async () => {
    const [first, between, last] = [await filled(newSqlite()), await newPostgres(), newSqlite()];
    const there = await copy(first, between, '--json');
    expect(there).toMatchObject({ code: 0, stderr: '' });
    const back = await copy(between, last, '--json');
    expect(back).toMatchObject({ code: 0, stderr: '' });
    const [toPostgres, toSqlite] = [there, back].map(
      ({ stdout }) => JSON.parse(stdout) as { checksum: string; tables: object[] },
    );
    expect(toPostgres!.checksum).toBe(toSqlite!.checksum);
    expect(toPostgres!.tables).toEqual(toSqlite!.tables);
    expect(toPostgres!.tables).toContainEqual(
      expect.objectContaining({ table: 'users', rows: 3 + awkwardTexts.length }),
    );
    const again = await copy(first, newSqlite(), '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ checksum: toPostgres!.checksum });
  });

  test.each(['sqlite', 'postgres'])('continues the ids of the source, on %s', async (engine) => {
    const [from, to] = [await filled(newSqlite()), engine === 'sqlite' ? newSqlite() : await newPostgres()];
    expect(await copy(from, to)).toMatchObject({ code: 0 });
    const [store, copied] = [await openOn({ url: from }), await openOn({ url: to })];
    const [[user], [other]] = [await addUsers(store, 'next'), await addUsers(copied, 'next')];
    expect(other.id).toBe(user.id);
    // The id of the deleted mentorship is not assigned again.
    expect(await link(copied, other, { id: 1 as never })).toBe(2);
  });

  test('copies an empty store', async () => {
    const from = newSqlite();
    await (await openKyselyStore(from)).close();
    expect(await copy(from, newSqlite())).toMatchObject({ code: 0, stdout: expect.stringContaining('checksum') });
  });

  test('copies every table of a store', async () => {
    const from = await filled(newSqlite());
    const { stdout } = await copy(from, newSqlite(), '--json');
    const { tables } = JSON.parse(stdout) as { tables: { table: string; rows: number }[] };
    const copied = tables.map(({ table }) => table);
    const existing = await sqliteAt(pathOf(from)).query(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1`,
    );
    const notCopied = ['migration_lock', 'schema_migrations'];
    expect(existing.map(({ name }) => name)).toEqual(
      [...copied.filter((name) => name !== 'last ids'), ...notCopied].toSorted(),
    );
    const empty = tables.filter(({ rows }) => rows === 0);
    expect(empty.map(({ table }) => table)).toEqual(['mentorships']);
  });
});

describe('copy takes the password of a server', () => {
  const withoutPassword = (url: string) => {
    const shown = new URL(url);
    const { password, username, hostname, port } = shown;
    shown.password = '';
    return { url: shown.href, password, line: [hostname, port, '*', username, password].join(':') };
  };

  test('from PGPASSWORD or the file of passwords, so that no argument has it', async () => {
    const from = await filled(newSqlite());
    const [first, second] = [withoutPassword(await newPostgres()), withoutPassword(await newPostgres())];
    const done = { code: 0, stderr: '' };
    expect(await runCli(['copy', from, first.url], { PGPASSWORD: first.password })).toMatchObject(done);
    const file = newPath();
    writeFileSync(file, `${first.line}\n`, { mode: 0o600 });
    // pg warns on standard error that its next major version reads no such file.
    expect(await runCli(['copy', first.url, second.url], { PGPASSFILE: file })).toMatchObject({ code: 0 });
    expect(await runCli(['check'], { DATABASE_URL: second.url, PGPASSFILE: file })).toMatchObject({ code: 0 });
    const { stdout } = await runCli(['copy', '--help']);
    expect(stdout).toMatch(/PGPASSWORD, or from ~\/\.pgpass/);
    for (const command of ['copy', 'import-django'])
      expect((await runCli([command, '--help'])).stdout).not.toMatch(/postgres:\/\/\w+:/);
  });
});

describe('copy refuses in one line, and changes nothing:', () => {
  const empty = () => newPath();
  const written = (text: string | Buffer) => {
    const path = newPath();
    writeFileSync(path, text);
    return path;
  };
  const foreign = async () => {
    const path = newPath();
    await sqliteAt(path).query('create table things (id integer)');
    return path;
  };
  const half = async () => {
    const path = pathOf(await filled(newSqlite()));
    truncateSync(path, 40_000);
    return path;
  };
  const older = async () => {
    const path = pathOf(await filled(newSqlite()));
    await sqliteAt(path).query(`delete from schema_migrations where name like '0003%'`);
    return path;
  };
  const newer = async () => {
    const path = pathOf(await filled(newSqlite()));
    await sqliteAt(path).query(`insert into schema_migrations values ('9999-from-the-future', '2099')`);
    return path;
  };
  test.each<[what: string, source: () => Promise<string> | string, line: RegExp]>([
    ['a missing source', empty, /There is no file .*\. Check the path\./],
    [
      'a folder',
      () => (mkdirSync(join(folder.path, 'a folder'), { recursive: true }), join(folder.path, 'a folder')),
      /is not a file/,
    ],
    ['an empty file', () => written(''), /is not an SQLite database/],
    ['a file that is not a database', () => written('id,name\n1,alice\n'.repeat(1000)), /is not an SQLite database/],
    [
      'the header of a database alone',
      () => written('SQLite format 3\0'),
      /is damaged, or is not an SQLite database|not an SQLite database/,
    ],
    ['half a database', half, /is damaged.*malformed/],
    ['a database of another application', foreign, /belongs to something else/],
    ['a store of an older release', older, /older release\. Run "npx -y pnpm@12 mentorship migrate"/],
    ['a store of a newer release', newer, /newer release \(it has 9999-from-the-future\)/],
  ])('%s', async (_, make, line) => {
    const [source, target] = [await make(), newPath()];
    const bytes = () => (existsSync(source) && statSync(source).isFile() ? readFileSync(source).toString('hex') : null);
    const before = bytes();
    const { code, stdout, stderr } = await copy(`sqlite:${source}`, `sqlite:${target}`);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(line);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(target)).toBe(false);
    expect(bytes() === before).toBe(true);
  });

  test.each(['sqlite', 'postgres'])('a source in use, on %s', async (engine) => {
    const from = await filled(engine === 'sqlite' ? newSqlite() : await newPostgres());
    // A service keeps connections like this one.
    await accountOf(await openOn({ url: from }), 'alice');
    const target = newPath();
    expect(await copy(from, `sqlite:${target}`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Failed: .* is in use\. Stop .* first\.\n$/),
    });
    expect(existsSync(target)).toBe(false);
  });

  test.each(['sqlite', 'postgres'])('a target with data, or in use, on %s', async (engine) => {
    const from = await filled(newSqlite());
    const used = engine === 'sqlite' ? newSqlite() : await newPostgres();
    // The name of an application in a URL does not hide a service.
    const store = await openKyselyStore(engine === 'sqlite' ? used : `${used}?application_name=psql`);
    await accountOf(store, 'alice');
    expect(await copy(from, used)).toMatchObject({ code: 1, stderr: expect.stringMatching(/is in use/) });
    await addUsers(store, 'other');
    await store.close();
    expect(await copy(from, used)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not empty: it has users/),
    });
    expect(await databaseAt(used).query('select username from users')).toEqual([{ username: 'other' }]);
  });

  describe.each(['sqlite', 'postgres'] as const)('a target on %s', (engine) => {
    test.each(foreignDatabases)('that is a database %s', async (what) => {
      const from = await filled(newSqlite());
      const target = engine === 'sqlite' ? newSqlite() : await newPostgres();
      await makeForeign(databaseAt(target), what);
      const read = () =>
        engine === 'sqlite' ? readFileSync(pathOf(target), 'hex') : schemaOf(engine, databaseAt(target));
      const before = await read();
      expect(await copy(from, target)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^Failed: .* belongs to something else: .* Name a new or an empty database\.\n$/),
      });
      expect(await read()).toEqual(before);
    });
  });

  test.each([
    ['mysql://host/db', 'sqlite:/x'],
    ['sqlite:/x', 'memory'],
    ['sqlite:', 'sqlite:/x'],
  ])('invalid URLs: %s and %s', async (from, to) => {
    expect(await copy(from, to)).toMatchObject({ code: 1, stderr: expect.stringMatching(/must be sqlite:<path>/) });
  });

  test('the same store twice, and a store in memory', async () => {
    const from = await filled(newSqlite());
    expect(await copy(from, from)).toMatchObject({ code: 1, stderr: expect.stringMatching(/the same store/) });
    symlinkSync(pathOf(from), `${pathOf(from)}-link`);
    for (const other of [`${from}-link`, from.replace(/\/(?=[^/]*$)/, '/./')])
      expect(await copy(from, other)).toMatchObject({ code: 1, stderr: expect.stringMatching(/the same store/) });
    expect(await copy('memory:', newSqlite())).toMatchObject({
      code: 1,
      stderr: 'Failed: memory: cannot be used here; use sqlite: or postgres:.\n',
    });
    expect(await copy(from, 'memory:')).toMatchObject({
      code: 1,
      stderr: 'Failed: memory: cannot be used here; use sqlite: or postgres:.\n',
    });
  });

  test('an unreachable server, a wrong password and a missing database', async () => {
    const from = await filled(newSqlite());
    const target = new URL(await newPostgres());
    const unreachable = new URL(target);
    unreachable.port = '1';
    const wrongPassword = new URL(target);
    wrongPassword.password = 'a-secret-that-is-wrong';
    const missing = new URL(target);
    missing.pathname = '/no_such_database';
    for (const url of [unreachable, wrongPassword, missing]) {
      const { code, stderr } = await copy(from, url.href);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^Failed: PostgreSQL cannot be used \(.*\n$/)]);
      expect(stderr).not.toContain(url.password);
    }
  });

  test('a missing certificate, and a server that never answers', async () => {
    const from = await filled(newSqlite());
    const certificate = new URL(await newPostgres());
    certificate.searchParams.set('sslrootcert', '/no/such/file');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    for (const [url, why] of [
      [certificate.href, 'ENOENT: .*/no/such/file'],
      [`postgres://me:secret@127.0.0.1:${port}/none`, 'timeout expired'],
    ] as const)
      expect(await copy(from, url)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(`^Failed: PostgreSQL cannot be used \\(${why}.*\\)\\. .*DATABASE_URL\\.\n$`),
        ),
      });
    expect(await runCli(['migrate'], { DATABASE_URL: certificate.href })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Failed: PostgreSQL cannot be used \(ENOENT: .*\n$/),
    });
  });

  test('a role without rights on the target', async () => {
    const from = await filled(newSqlite());
    const target = await newPostgres();
    const { query } = postgresAt(target);
    const role = `reader_${new URL(target).pathname.slice(-8)}`;
    await query(`create role ${role} login password 'reader'`);
    onTestFinished(async () => void (await query(`drop role ${role}`)));
    const url = new URL(target);
    [url.username, url.password] = [role, 'reader'];
    expect(await copy(from, url.href)).toMatchObject({ code: 1, stderr: expect.stringMatching(/permission denied/) });
  });
});
