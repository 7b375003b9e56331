import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
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

const bom = '\uFEFF';

test.each<[name: string, file: string | Buffer, says: string]>([
  ['a byte order mark', `${bom}DATABASE_URL=sqlite:of-the-file.sqlite\r\n`, 'There is no file of-the-file.sqlite.'],
  [
    'other programs’ names, comments, and values of several lines',
    `# don't: "\n\nexport TZ="a\nDATABSE_URL=b"\nPOSTGRES_DB='x'\nPGSSLMODE=disable\nCOMPOSE_PROFILES=\nDOCKER_HOST=\nNODE_ENV=x\nDATABASE_URL=sqlite:of-the-file.sqlite`,
    'There is no file of-the-file.sqlite.',
  ],
  ['UTF-16', Buffer.from(`${bom}DATABASE_URL=sqlite:x\n`, 'utf16le'), 'the file .env is in UTF-16. Save it as UTF-8.'],
  ['UTF-16 without a mark', Buffer.from('DATABASE_URL=sqlite:x\n', 'utf16le'), 'is in UTF-16'],
  [
    'a misspelt name',
    '\nDATABSE_URL=sqlite:x\n',
    'line 2 of the file .env sets DATABSE_URL, which is not a setting. Write DATABASE_URL.',
  ],
  [
    'a name unlike any setting',
    'LOG_LEVEL=warn\nDB_URL=sqlite:x\n',
    'line 2 of the file .env sets DB_URL, which is not a setting. Remove it, or put it in another file',
  ],
  ['a file for a setting that is not a secret', 'LOG_LEVEL_FILE=x\n', 'sets LOG_LEVEL_FILE, which is not a setting.'],
  [
    'a name twice',
    'DATABASE_URL=sqlite:x\n# other\nDATABASE_URL=sqlite:y\n',
    'line 3 of the file .env sets DATABASE_URL, as line 1 does. Remove one of them.',
  ],
  ['a name in another case', 'database-url=sqlite:x\n', 'Write DATABASE_URL.'],
  [
    'a colon',
    'TZ="b\nc"\nDATABASE_URL: sqlite:x\n',
    'line 3 of the file .env is not NAME=value. Write DATABASE_URL=value.',
  ],
  ['a line without a value', 'DATABASE_URL\n', 'line 1 of the file .env is not NAME=value. Write DATABASE_URL=value.'],
])('a file .env with %s', async (_, content, says) => {
  const folder = open();
  writeFileSync(join(folder, '.env'), content);
  // A blank variable is not set: the file counts.
  expect((await runCli(['check'], { DATABASE_URL: ' ' }, { folder })).stderr).toContain(says);
});

test('accepts the example of the documentation', async () => {
  const folder = open();
  cpSync(new URL('../../.env.example', import.meta.url), join(folder, '.env'));
  expect((await runCli(['check'], {}, { folder })).stderr).toMatch(
    /^Failed: There is no file data\/mentorship\.sqlite\./,
  );
});

test('warns of a variable of the environment whose name is nearly a setting, and of no other', async () => {
  const { stderr } = await runCli(['check'], { DATABSE_URL: 'sqlite:x', database_url: '', HOME: '/', PGPORT: '1' });
  expect(stderr.split('\n').filter((line) => line.startsWith('Warning: '))).toEqual(
    ['DATABSE_URL', 'database_url'].map(
      (name) => `Warning: The environment sets ${name}, which is not a setting. If you mean DATABASE_URL, write that.`,
    ),
  );
});

test('DATABASE_URL_FILE names a file with the URL, without its line break', async () => {
  const folder = open();
  writeFileSync(join(folder, 'url'), 'sqlite:of-the-secret.sqlite\n');
  writeFileSync(join(folder, 'empty'), '\n');
  writeFileSync(join(folder, 'long'), 'x'.repeat(65_537));
  const errorOf = async (settings: Record<string, string>) => (await runCli(['check'], settings, { folder })).stderr;
  expect(await errorOf({ DATABASE_URL_FILE: 'url' })).toContain('There is no file of-the-secret.sqlite.');
  expect(await errorOf({ DATABASE_URL_FILE: 'url', DATABASE_URL: 'sqlite:x' })).toContain(
    'DATABASE_URL and DATABASE_URL_FILE are both set: set one of them.',
  );
  expect(await errorOf({ DATABASE_URL_FILE: 'missing' })).toMatch(/DATABASE_URL is set by a file that .*missing/);
  expect(await errorOf({ DATABASE_URL_FILE: 'empty' })).toContain(
    'DATABASE_URL is set by a file that is empty (empty).',
  );
  expect(await errorOf({ DATABASE_URL_FILE: 'long' })).toContain(
    'DATABASE_URL is set by a file of more than 65536 bytes (long).',
  );
});
