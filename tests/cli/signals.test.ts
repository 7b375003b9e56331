import { copyFileSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { djangoCrowd } from '../support/django/crowd.ts';
import { makeDjango } from '../support/django/database.ts';
import { cliFile, launchCli } from '../support/processes/cli.ts';
import { launch } from '../support/processes/service.ts';
import { makeOlderStore, makeStore } from '../support/store/store-files.ts';
import { sqliteAt } from '../support/store/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

const made = temporaryFolder();
const large = join(made.path, 'large.sqlite');
beforeAll(async () => {
  await makeStore(large);
  await sqliteAt(large).query('create table padding as select randomblob(60000000) as bytes');
  return made.remove;
});

let folder: string;
let [store, source, target] = ['', '', ''];
beforeEach(() => {
  const temporary = temporaryFolder();
  onTestFinished(temporary.remove);
  folder = temporary.path;
  [store, source, target] = ['store', 'source', 'new'].map((name) => join(folder, `${name}.sqlite`)) as [
    string,
    string,
    string,
  ];
});

/** Without the files that a store has while it is open. */
const names = () =>
  readdirSync(folder)
    .filter((name) => !/-(wal|shm)$/.test(name))
    .toSorted();
const hasFile = (part: string) => () => readdirSync(folder).some((name) => name.includes(part));

/** The process that runs the command for the one that was launched. */
const commandOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());

const hasOpened = (pid: number, path: string): boolean => {
  const command = commandOf(pid);
  return (
    command > 0 &&
    readdirSync(`/proc/${command}/fd`).some((file) => {
      try {
        return readlinkSync(`/proc/${command}/fd/${file}`) === path;
      } catch {
        return false;
      }
    })
  );
};
const opensStore = (pid: number) => hasOpened(pid, store);

/** Locks the store, so that a command which writes waits midway. */
const lockedStore = async (make: (path: string) => Promise<void> = makeStore) => {
  await make(store);
  const other = await sqliteAt(store).connect();
  onTestFinished(() => other.close());
  await other.query('begin immediate');
};

const usersIn = (path: string) => sqliteAt(path).query('select id, username, password_hash from users order by id');

const copyLarge = async (path: string) => copyFileSync(large, path);

interface Case {
  readonly signals: readonly NodeJS.Signals[];
  readonly args: () => string[];
  readonly make: () => Promise<void>;
  /** Whether the command has begun its work. */
  readonly hasBegun: (pid: number) => boolean;
}

const cases: Record<string, Case> = {
  backup: {
    signals: ['SIGINT', 'SIGTERM', 'SIGHUP'],
    args: () => ['backup', target],
    make: () => copyLarge(store),
    hasBegun: hasFile('.partial-'),
  },
  restore: {
    signals: ['SIGINT', 'SIGTERM'],
    args: () => ['restore', source, '--replace'],
    make: () => makeStore(store).then(() => copyLarge(source)),
    hasBegun: hasFile('.partial-'),
  },
  check: { signals: ['SIGINT'], args: () => ['check'], make: () => copyLarge(store), hasBegun: opensStore },
  copy: {
    signals: ['SIGINT', 'SIGHUP'],
    args: () => ['copy', `sqlite:${store}`, `sqlite:${target}`],
    make: () => makeStore(store),
    hasBegun: hasFile('.partial-'),
  },
  'import-django': {
    signals: ['SIGINT'],
    args: () => ['import-django', source, '--report', join(folder, 'report.json')],
    async make() {
      await makeDjango('sqlite', `sqlite:${source}`, djangoCrowd('sqlite').slice(0, 3));
      await lockedStore(async (path) => (await openKyselyStore(`sqlite:${path}`)).close());
    },
    hasBegun: hasFile('report.json'),
  },
  migrate: {
    signals: ['SIGTERM'],
    args: () => ['migrate'],
    make: () => lockedStore(makeOlderStore),
    hasBegun: opensStore,
  },
  prune: { signals: ['SIGINT'], args: () => ['prune'], make: lockedStore, hasBegun: opensStore },
  users: {
    signals: ['SIGHUP'],
    args: () => ['users', 'reset-password', 'alice'],
    make: lockedStore,
    hasBegun: opensStore,
  },
  sessions: {
    signals: ['SIGTERM'],
    args: () => ['sessions', 'end', '--everybody'],
    make: lockedStore,
    hasBegun: opensStore,
  },
};

describe.each(Object.entries(cases))('%s', (_, { signals, args, make, hasBegun }) => {
  test.each(signals)('ends by %s, leaves no unfinished file, and leaves the store as it was', async (signal) => {
    await make();
    const [before, users] = [names(), await usersIn(store)];
    await using cli = launchCli(args(), { DATABASE_URL: `sqlite:${store}` });
    await expect.poll(() => hasBegun(cli.pid), { interval: 2, timeout: 30_000 }).toBe(true);
    expect(await cli.stop(signal)).toMatchObject({ signal, code: null, stdout: '', stderr: '' });
    expect(names()).toEqual(before);
    expect(await usersIn(store)).toEqual(users);
  });
});

test('a second signal ends the process at once, although the command does not end', async () => {
  await lockedStore();
  await using cli = launchCli(['prune'], { DATABASE_URL: `sqlite:${store}` });
  await expect.poll(() => opensStore(cli.pid), { interval: 5, timeout: 30_000 }).toBe(true);
  const command = commandOf(cli.pid);
  // A stopped process does not react to a signal.
  process.kill(command, 'SIGSTOP');
  const send = () => {
    try {
      return process.kill(cli.pid, 'SIGTERM');
    } catch {
      return false;
    }
  };
  expect(send()).toBe(true);
  await expect.poll(send, { timeout: 30_000 }).toBe(false);
  process.kill(command, 'SIGCONT');
  expect(await cli.ended).toMatchObject({ signal: 'SIGTERM' });
});

test('a command whose process is killed is named, and leaves no unfinished file', async () => {
  await copyLarge(store);
  await using cli = launchCli(['backup', target], { DATABASE_URL: `sqlite:${store}` });
  await expect.poll(hasFile('.partial-'), { interval: 2, timeout: 30_000 }).toBe(true);
  process.kill(commandOf(cli.pid), 'SIGKILL');
  const { signal, stderr } = await cli.ended;
  expect([signal, stderr]).toEqual(['SIGKILL', expect.stringMatching(/^Failed: SIGKILL ended the command\./)]);
  expect(names()).toEqual(['store.sqlite']);
});

test('Ctrl-C clears the line of the progress bar, and leaves the terminal as it was', async () => {
  await copyLarge(store);
  // The shell survives the signal, which a terminal sends to all of its processes.
  const script = `trap : INT; stty -a > before; "$NODE" "$CLI" backup new.sqlite; echo "exit code $?"; stty -a > after`;
  const terminal = launch(
    { DATABASE_URL: `sqlite:${store}`, NODE: process.execPath, CLI: cliFile, PATH: process.env.PATH ?? '' },
    { folder, command: ['sh', '-c', 'mkfifo keys; exec 3<>keys; exec script -qec "$0" /dev/null <keys', script] },
  );
  await using _ = terminal;
  await expect.poll(() => terminal.output.stdout, { interval: 5, timeout: 30_000 }).toContain('pages ');
  launch({}, { folder, command: ['sh', '-c', String.raw`printf '\003' > keys`] });
  await terminal.ended;
  expect(terminal.output.stdout.endsWith('\r\u001B[Kexit code 130\r\n')).toBe(true);
  // The return to the start of the line, and the clearing of its rest, are all that was sent.
  expect(terminal.output.stdout.replaceAll('\u001B[K', '')).not.toContain('\u001B');
  expect(readFileSync(join(folder, 'after'), 'utf8')).toBe(readFileSync(join(folder, 'before'), 'utf8'));
  expect(names()).toEqual(['after', 'before', 'keys', 'store.sqlite']);
});
