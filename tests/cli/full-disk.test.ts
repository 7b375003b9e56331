import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type TestContext, vi } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { mountSmallDisk } from '../support/processes/small-disk.ts';
import { makeStore } from '../support/store/store-files.ts';
import { sqliteAt } from '../support/store/stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A folder, and a folder on a small disk; or the test is skipped. */
const open = ({ skip, onTestFinished }: TestContext) => {
  const disk = mountSmallDisk();
  if (typeof disk === 'string') return skip(disk);
  onTestFinished(() => disk[Symbol.dispose]());
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  return { disk, folder: folder.path };
};

const full = String.raw`cannot be written \((ENOSPC: no space left on device.*|database or disk is full)\)`;
const advice = String.raw`Free some space on its disk, and try again\.`;

/** Fails in one line that names the file. */
const expectFull = (run: { code: number | null; stdout: string; stderr: string }, file: string) =>
  expect(run).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(new RegExp(`^Failed: ${RegExp.escape(file)} ${full}\\. ${advice}\n$`)),
  });

test('a backup to a full disk names the backup, and leaves no file', async (context) => {
  const { disk, folder } = open(context);
  const [store, backup] = [join(folder, 'store.sqlite'), join(disk.path, 'backup.sqlite')];
  await makeStore(store);
  disk.fill();
  const before = readdirSync(disk.path);
  expectFull(await runCli(['backup', backup], { DATABASE_URL: `sqlite:${store}` }), backup);
  expect(readdirSync(disk.path)).toEqual(before);
});

test('a restore to a full disk names the store, and leaves no file', async (context) => {
  const { disk, folder } = open(context);
  const [store, backup] = [join(disk.path, 'store.sqlite'), join(folder, 'backup.sqlite')];
  await makeStore(backup);
  disk.fill();
  const before = readdirSync(disk.path);
  expectFull(await runCli(['restore', backup], { DATABASE_URL: `sqlite:${store}` }), store);
  expect(readdirSync(disk.path)).toEqual(before);
});

test('a change of a store on a full disk names SQLite, and changes nothing', async (context) => {
  const { disk } = open(context);
  const store = join(disk.path, 'store.sqlite');
  await makeStore(store);
  disk.fill();
  const { code, stderr } = await runCli(['users', 'deactivate', 'alice'], { DATABASE_URL: `sqlite:${store}` });
  expect(stderr).toMatch(
    /^Failed: the SQLite database cannot be opened or written \(.*\)\. .* free space and no faults\.\n$/,
  );
  expect(code).toBe(1);
  disk.free();
  expect(await sqliteAt(store).query('select deactivated_at from users where id = 1')).toEqual([
    { deactivated_at: null },
  ]);
});
