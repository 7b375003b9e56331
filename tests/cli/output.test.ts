import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cliFile, runCli } from '../support/processes/cli.ts';
import { launch } from '../support/processes/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The command line, its output going where the script says; the exit code is its own. */
const runTo = async (script: string, args: string[], environment: Record<string, string>) => {
  const command = ['bash', '-c', `"$0" "$@" ${script}; exit "\${PIPESTATUS[0]}"`, process.execPath, cliFile, ...args];
  await using cli = launch(environment, { command });
  const { stdout, stderr, code } = await cli.ended;
  return { stdout, stderr, code };
};

const open = () => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const path = join(folder.path, 'store.sqlite');
  return { path, settings: { DATABASE_URL: `sqlite:${path}` } };
};

test.each(['| true', '2>&1 | true', '>&-'])(
  'a reader that is gone, %s, is no failure: the work is done',
  async (script) => {
    const { path, settings } = open();
    expect(await runTo(script, ['migrate'], settings)).toEqual({ stdout: '', stderr: '', code: 0 });
    expect(existsSync(path)).toBe(true);
    expect((await runCli(['check'], settings)).code).toBe(0);
  },
);

test('a failure is one all the same, also when nobody hears of it', async () => {
  const { settings } = open();
  expect(await runTo('| true', ['check'], settings)).toEqual({
    stdout: '',
    stderr: expect.stringMatching(/^Failed: There is no file .*\n$/),
    code: 1,
  });
  expect(await runTo('2>&1 | true', ['check'], settings)).toEqual({ stdout: '', stderr: '', code: 1 });
});

test('what cannot be written is told in one line', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'This system has no /dev/full.');
  const { settings } = open();
  expect(await runTo('> /dev/full', ['migrate'], settings)).toEqual({
    stdout: '',
    stderr: expect.stringMatching(/^Failed: what came of it cannot be written \(ENOSPC.*\)\.\n$/),
    code: 1,
  });
});
