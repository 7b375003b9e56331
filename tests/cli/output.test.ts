import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cliFile, runCli } from '../support/processes/cli.ts';
import { launch } from '../support/processes/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Runs the command line with its output redirected by the script. Returns the exit code of the command line. */
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
  'finishes the work without an error when the reader is gone, %s',
  async (script) => {
    const { path, settings } = open();
    expect(await runTo(script, ['migrate'], settings)).toEqual({ stdout: '', stderr: '', code: 0 });
    expect(existsSync(path)).toBe(true);
    expect((await runCli(['check'], settings)).code).toBe(0);
  },
);

test('exits with 1 on a failure, also when the reader is gone', async () => {
  const { settings } = open();
  expect(await runTo('| true', ['check'], settings)).toEqual({
    stdout: '',
    stderr: expect.stringMatching(/^Failed: There is no file .*\n$/),
    code: 1,
  });
  expect(await runTo('2>&1 | true', ['check'], settings)).toEqual({ stdout: '', stderr: '', code: 1 });
});

test('reports in one line that the output cannot be written', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'This system has no /dev/full.');
  const { settings } = open();
  expect(await runTo('> /dev/full', ['migrate'], settings)).toEqual({
    stdout: '',
    stderr: expect.stringMatching(/^Failed: the result cannot be written \(ENOSPC.*\)\.\n$/),
    code: 1,
  });
});

test.each([
  ['a usage error', ['\u001b[2J\u202e'], /unknown command '\\u001b\[2J\\u202e'/],
  ['a failure', ['restore', '/no\u001b[2J\u202e'], /no\\u001b\[2J\\u202e/],
])('%s shows invisible characters of an argument as escapes', async (_, args, shown) => {
  const { settings } = open();
  const { stderr, code } = await runCli(args, settings);
  expect(code).toBe(1);
  expect(stderr).toMatch(shown);
  for (const raw of ['\u001b', '\u202e']) expect(stderr).not.toContain(raw);
});
