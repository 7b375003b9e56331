import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/processes/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const open = () => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  return folder.path;
};

test('reads DATABASE_URL from a file .env, unless the environment sets it', async () => {
  const folder = open();
  writeFileSync(join(folder, '.env'), 'DATABASE_URL=sqlite:of-the-file.sqlite\n');
  const errorOf = async (settings: Record<string, string>) => (await runCli(['check'], settings, { folder })).stderr;
  expect(await errorOf({})).toContain('There is no file of-the-file.sqlite.');
  expect(await errorOf({ DATABASE_URL: 'sqlite:another.sqlite' })).toContain('There is no file another.sqlite.');
});

test('names a file .env that cannot be read, and prints help all the same', async () => {
  const folder = open();
  mkdirSync(join(folder, '.env'));
  expect(await runCli(['users', 'deactivate', 'alice'], {}, { folder })).toEqual({
    stdout: '',
    stderr: expect.stringMatching(/^Failed: the file \.env cannot be read \(E.*\)\. Let this user read it, .*\n$/),
    code: 1,
  });
  for (const args of [['--help'], ['copy', '--help']])
    expect(await runCli(args, {}, { folder })).toEqual({
      stdout: expect.stringMatching(/^Usage: mentorship /),
      stderr: '',
      code: 0,
    });
});
