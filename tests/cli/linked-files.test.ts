import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { checkStore } from '@mentorship/adapters/maintenance';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { djangoCrowd } from '../support/django/crowd.ts';
import { leaveInWal, makeDjango } from '../support/django/database.ts';
import { runCli } from '../support/processes/cli.ts';
import { mountFile } from '../support/processes/mounted-file.ts';
import { startService } from '../support/processes/service.ts';
import { filesIn, makeStore } from '../support/store/store-files.ts';
import { sqliteAt } from '../support/store/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { holdReplacedStore } from '../../packages/adapters/src/maintenance/backup/replaced-store.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
/** A store, a symbolic link to it from another folder, and the path of a file that does not exist. */
let [store, symlink, file] = ['', '', ''];
beforeEach(() => {
  const temporary = temporaryFolder();
  onTestFinished(temporary.remove);
  folder = temporary.path;
  for (const name of ['data', 'other']) mkdirSync(join(folder, name));
  [store, symlink, file] = ['data/store.sqlite', 'other/link.sqlite', 'other/file.sqlite'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  symlinkSync('../data/store.sqlite', symlink);
});

const run = (url: string, ...args: string[]) => runCli(args, { DATABASE_URL: `sqlite:${url}` }, { folder });
const usersOf = async (path: string) =>
  (await sqliteAt(path).query('select username from users order by id')).map(({ username }) => username);
const kept = () => readdirSync(join(folder, 'data')).filter((name) => name.includes('.replaced-'));

/** Leaves a store whose latest change is only in its file -wal, as a killed service does. */
const leaveLiveStore = async () => {
  const there = join(folder, 'there.sqlite');
  await makeStore(there);
  leaveInWal(there, `update users set username = 'late' where id = 1`, store);
  rmSync(there);
};

describe('a symbolic link stands for the file that it names', () => {
  test.each(['other/link.sqlite', 'other/up/../store.sqlite'])(
    'restore %s refuses a store whose changes are in another file',
    async (name) => {
      // `..` after a link is the parent of the folder that it names.
      mkdirSync(join(folder, 'data/deeper'));
      symlinkSync('../data/deeper', join(folder, 'other/up'));
      await leaveLiveStore();
      const before = filesIn(folder);
      const { code, stderr } = await run(file, 'restore', name);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/store\.sqlite-wal is a part of it\./)]);
      expect(filesIn(folder)).toEqual(before);
    },
  );

  test('import-django --dry-run changes no file of a source, and reads all of them', async () => {
    const there = join(folder, 'there.sqlite3');
    await makeDjango('sqlite', `sqlite:${there}`, djangoCrowd('sqlite').slice(0, 3));
    leaveInWal(there, `update mentorship_user set username = 'late name' where id = 2`, store);
    const before = filesIn(folder);
    const { code, stdout } = await run(file, 'import-django', '--dry-run', symlink);
    expect([code, stdout]).toEqual([0, expect.stringContaining('late name')]);
    expect(filesIn(folder)).toEqual(before);
  });

  test('the service changes no file of a database of another program', async () => {
    const there = join(folder, 'there.sqlite3');
    await makeDjango('sqlite', `sqlite:${there}`, djangoCrowd('sqlite').slice(0, 3));
    leaveInWal(there, `update mentorship_user set username = 'late' where id = 2`, store);
    const before = filesIn(folder);
    const { code, stderr } = await run(symlink, 'migrate');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/belongs to something else/)]);
    expect(filesIn(folder)).toEqual(before);
  });

  test('a new store is created where a link leads, also to a folder that does not exist', async () => {
    symlinkSync(join(folder, 'new/deeper/store.sqlite'), file);
    expect(await run(file, 'migrate')).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(folder, 'new/deeper'))).toEqual(['store.sqlite']);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
  });

  test('backup writes through a link, and from one', async () => {
    await leaveLiveStore();
    symlinkSync('../data/backup.sqlite', file);
    expect(await run(symlink, 'backup', file)).toMatchObject({ code: 0, stderr: '' });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(await usersOf(join(folder, 'data/backup.sqlite'))).toContain('late');
  });

  test('restore --replace replaces the file, keeps it beside itself, and keeps the link', async () => {
    await leaveLiveStore();
    await makeStore(file);
    expect(await run(symlink, 'restore', file, '--replace')).toMatchObject({ code: 0, stderr: '' });
    expect([lstatSync(symlink).isSymbolicLink(), await usersOf(store)]).toEqual([true, await usersOf(file)]);
    expect(await usersOf(join(folder, 'data', kept()[0] ?? ''))).toContain('late');
    expect(readdirSync(join(folder, 'other')).toSorted()).toEqual(['file.sqlite', 'link.sqlite']);
  });

  test('copy refuses to copy a store onto itself', async () => {
    await makeStore(store);
    const { code, stderr } = await run(file, 'copy', `sqlite:${store}`, `sqlite:${symlink}`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Source and target are the same store/)]);
  });

  test('a circle of links is reported, and nothing is created', async () => {
    symlinkSync('file.sqlite', join(folder, 'other/b.sqlite'));
    symlinkSync('b.sqlite', file);
    symlinkSync('missing/../c.sqlite', join(folder, 'other/c.sqlite'));
    const before = readdirSync(folder, { recursive: true });
    for (const name of [file, join(folder, 'other/c.sqlite')]) {
      const { code, stderr } = await run(name, 'migrate');
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^Failed: .*\n$/)]);
    }
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
});

describe('a file with several names', () => {
  const warning = (name: string) =>
    new RegExp(`^Warning: ${RegExp.escape(name)} has 2 names \\(hard links\\)\\. .* Use one name everywhere`, 'm');

  test.each([
    [['check']],
    [['migrate', '--status']],
    [['prune']],
    [['sessions', 'end', '--everybody']],
    [['users', 'deactivate', 'Alice']],
    [['backup', 'new.sqlite']],
    [['copy', 'sqlite:other/file.sqlite', 'sqlite:new.sqlite']],
    [['restore', 'other/file.sqlite', '--replace']],
    [['import-django', 'other/file.sqlite', '--dry-run']],
  ])('is warned of by %s', async (args) => {
    await makeStore(store);
    linkSync(store, file);
    const { stderr } = await run(store, ...args);
    expect(stderr).toMatch(warning(args.find((arg) => arg.includes('other/'))?.replace('sqlite:', '') ?? store));
  });

  test('is warned of by the service', async () => {
    await makeStore(store);
    linkSync(store, file);
    await using service = await startService({ DATABASE_URL: `sqlite:${store}` });
    await service.stop();
    expect(service.output.stdout).toMatch(/"level":"?(warn|40)"?.*has 2 names/);
  });

  test('is not restored over itself', async () => {
    await makeStore(store);
    linkSync(store, file);
    const { code, stderr } = await run(store, 'restore', file, '--replace');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/is the store itself\. Name a backup of it\./)]);
  });
});

describe('restore --replace works where the file system cannot', () => {
  test('give a file a second name', async () => {
    await makeStore(store);
    const users = await usersOf(store);
    const noLinks = () => {
      throw Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM', syscall: 'link' });
    };
    {
      await using replaced = await holdReplacedStore(store, noLinks);
      await replaced.keepCopyAs(`${store}.kept`);
      // The store is still locked.
      await expect(sqliteAt(store).query('select * from users')).rejects.toThrow(/locked/);
    }
    expect([await usersOf(store), await usersOf(`${store}.kept`)]).toEqual([users, users]);
    expect(statSync(`${store}.kept`).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'data')).toSorted()).toEqual(['store.sqlite', 'store.sqlite.kept']);
  });

  test.for(['late', 'damaged'])('replace a file that is mounted by itself: %s', async (state, { skip }) => {
    await leaveLiveStore();
    await makeStore(file);
    const real = join(folder, 'real.sqlite');
    writeFileSync(real, readFileSync(store));
    const mounted = mountFile(real, store);
    if (typeof mounted === 'string') return skip(mounted);
    onTestFinished(mounted.unmount);
    if (state === 'damaged') {
      writeFileSync(store, Buffer.concat([readFileSync(store).subarray(0, 100), Buffer.alloc(8192, 0xff)]));
      rmSync(`${store}-wal`);
    }
    const { code, stderr } = await run(store, 'restore', file, '--replace');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^Warning: .*store\.sqlite is mounted by itself\. .*\n$/),
    ]);
    expect(statSync(real).ino).toBe(statSync(store).ino);
    expect([await usersOf(real), readFileSync(real).equals(readFileSync(store))]).toEqual([await usersOf(file), true]);
    expect((await checkStore(`sqlite:${real}`)).flatMap(({ wrong }) => wrong)).toEqual([]);
    const [name = ''] = kept();
    const previous = await usersOf(join(folder, 'data', name)).catch(() => 'damaged');
    expect(previous.includes(state)).toBe(true);
    expect(readdirSync(join(folder, 'data')).filter((left) => /partial|store.sqlite-/.test(left))).toEqual([]);
  });
});

describe('a backup is refused under a name', () => {
  test.each(['-wal', '-shm', '-journal'])('of a file that SQLite keeps beside a database: %s', async (ending) => {
    await makeStore(store);
    const { code, stderr } = await run(store, 'backup', `${file}${ending}`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Name another file\.\n$/)]);
    expect(existsSync(`${file}${ending}`)).toBe(false);
  });

  test('beside which such a file of another database is left', async () => {
    await makeStore(store);
    writeFileSync(`${file}-wal`, 'left');
    const { code, stderr } = await run(store, 'backup', file);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/file\.sqlite-wal already exists\./)]);
    expect(existsSync(file)).toBe(false);
  });
});
