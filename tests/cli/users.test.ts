import { describe, expect, test, vi } from 'vitest';
import { cliFile, runCli } from '../support/processes/cli.ts';
import {
  call,
  createDatabase,
  launch,
  lastingStores,
  logIn,
  ownDetail,
  password,
  refresh,
  register,
  startService,
  type Tokens,
} from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Runs the command line with this text on standard input, written by `printf %b`. */
const runCliWith = async (input: string, args: string[], environment: Record<string, string>) => {
  const command = ['sh', '-c', 'printf "%b" "$0" | "$@"', input, process.execPath, cliFile, ...args];
  await using cli = launch(environment, { command });
  const { stdout, stderr, code } = await cli.ended;
  return { stdout, stderr, code };
};

const tryToLogIn = (url: string, username: string, typed = password) =>
  call<Record<string, unknown>>(url, 'POST /api/login', { body: { username, password: typed } });

const expectRefused = async (url: string, tokens: Tokens) => {
  await expect.poll(async () => (await ownDetail(url, tokens)).status, { timeout: 20_000, interval: 10 }).toBe(401);
  expect((await refresh(url, tokens)).status).toBe(401);
};

const done = { stderr: '', code: 0 };

describe.each(lastingStores)('beside a running service on %s', (store) => {
  test('deactivates and activates a user', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using service = await startService(settings);
    const { url } = service;
    await register(url, 'Alice');
    const alice = await logIn(url, 'alice');
    await register(url, 'bob', { mentor_username: 'alice' });
    const bob = await logIn(url, 'bob');

    expect(await runCli(['users', 'deactivate', 'ALICE'], settings)).toEqual({
      ...done,
      stdout: 'Alice is deactivated. Sessions ended: 1.\n',
    });
    await expectRefused(url, alice);
    const [refused, unknown] = [await tryToLogIn(url, 'alice'), await tryToLogIn(url, 'unknown')];
    expect([refused.status, refused.body]).toEqual([401, unknown.body]);
    expect((await call(url, 'GET /api/users', { token: bob.access })).body).toEqual([
      { username: 'Alice', mentor_username: null },
      { username: 'bob', mentor_username: 'Alice' },
    ]);

    expect(await runCli(['users', 'activate', 'alice', '--json'], settings)).toEqual({
      ...done,
      stdout: '{"username":"Alice","changed":true,"endedSessions":0}\n',
    });
    const again = await logIn(url, 'alice');
    const { body: events } = await call<{ type: string }[]>(url, 'GET /api/users/me/events', { token: again.access });
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['account_deactivated', 'account_activated', 'session_ended']),
    );
  });

  test('unlocks a user whom failed logins keep out, at IPv6 and IPv4', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url, TRUST_PROXY: '127.0.0.1' };
    await using service = await startService(settings);
    await register(service.url, 'alice');
    const tryFrom = (address: string, typed = 'wrong') =>
      fetch(`${service.url}/api/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ username: 'alice', password: typed }),
      });
    for (const address of ['2001:db8:1:2::3', '203.0.113.9']) for (let at = 0; at < 11; at++) await tryFrom(address);
    expect((await tryFrom('203.0.113.9', password)).status).toBe(429);
    expect(await runCli(['users', 'unlock', 'Alice', '--json'], settings)).toEqual({
      ...done,
      stdout: '{"username":"alice","changed":true,"endedSessions":0}\n',
    });
    for (const address of ['2001:db8:1:2::4', '203.0.113.9'])
      expect((await tryFrom(address, password)).status).toBe(200);
  });

  test('resets a password, to a random one or to one on standard input', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using service = await startService(settings);
    const { url } = service;
    await register(url, 'alice');
    const alice = await logIn(url, 'alice');
    const { stdout, ...rest } = await runCli(['users', 'reset-password', 'alice'], settings);
    expect(rest).toEqual(done);
    const [, shown = ''] = /^The new password of alice is (\S+)\n/.exec(stdout) ?? [];
    expect(shown).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    await expectRefused(url, alice);
    expect((await tryToLogIn(url, 'alice')).status).toBe(401);
    expect((await tryToLogIn(url, 'alice', shown)).status).toBe(200);

    const args = ['users', 'reset-password', 'alice', '--stdin', '--json'];
    expect(await runCliWith('as it is typed \n', args, settings)).toEqual({
      ...done,
      stdout: '{"username":"alice","changed":true,"endedSessions":1}\n',
    });
    expect((await tryToLogIn(url, 'alice', 'as it is typed ')).status).toBe(200);
    expect(await runCliWith(String.raw`\0377\0376goodpass1`, args, settings)).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^error: standard input is not UTF-8 text; send the password in UTF-8\n/),
      code: 1,
    });
    expect((await tryToLogIn(url, 'alice', 'as it is typed ')).status).toBe(200);
    expect(await runCliWith('1234567', args, settings)).toEqual({
      stdout: '',
      stderr: 'Failed: Use at least 8 characters.\n',
      code: 1,
    });
    expect(await runCliWith(password, args, { ...settings, PASSWORD_POLICY: 'strict' })).toEqual({
      stdout: '',
      stderr: 'Failed: Use at least 15 characters.\n',
      code: 1,
    });
    expect((await runCli(['users', 'reset-password', 'alice'], { ...settings, PASSWORD_POLICY: 'strict' })).code).toBe(
      0,
    );
  });

  test('ends the sessions of one user or of all users, and prunes nothing that is still needed', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using service = await startService(settings);
    const { url } = service;
    for (const name of ['alice', 'bob', 'carl']) await register(url, name);
    const [alice, bob, carl] = [await logIn(url, 'alice'), await logIn(url, 'bob'), await logIn(url, 'carl')];
    expect(await runCli(['sessions', 'end', '--user', 'Alice'], settings)).toEqual({
      ...done,
      stdout: 'Sessions ended: 1.\n',
    });
    await expectRefused(url, alice);
    expect((await ownDetail(url, bob)).status).toBe(200);
    expect((await runCli(['sessions', 'end', '--everybody', '--json'], settings)).stdout).toBe('{"endedSessions":2}\n');
    for (const tokens of [bob, carl]) await expectRefused(url, tokens);
    expect(await runCli(['prune', '--json'], settings)).toEqual({
      ...done,
      stdout: '{"pruned":{"sessions":0,"attempts":0,"events":0,"keys":0,"messages":0},"tracesErased":true}\n',
    });
  });
});

describe('a failure is one plain line', () => {
  test.each([
    [['users', 'deactivate', 'unknown'], /^Failed: No user has this username\. Check the spelling/],
    [['users', 'activate', 'unknown'], /^Failed: No user has this username\./],
    [['users', 'reset-password', 'unknown'], /^Failed: No user has this username\./],
    [['sessions', 'end', '--user', 'unknown'], /^Failed: No user has this username\./],
    [['sessions', 'end'], /^error: name either --user <username> or --everybody\n/],
    [['sessions', 'end', '--everybody', '--user', 'alice'], /^error: name either/],
    [['users', 'deactivate'], /^error: missing required argument 'username'/],
  ])('%j', async (args, line) => {
    await using database = await createDatabase('sqlite');
    const settings = { DATABASE_URL: database.url };
    await runCli(['migrate'], settings);
    expect(await runCli(args, settings)).toEqual({ stdout: '', stderr: expect.stringMatching(line), code: 1 });
  });

  test.each([
    [['prune'], {}, /^Failed: There is no file data\/mentorship\.sqlite\. Check the path\.\n$/],
    [['users', 'activate', 'alice'], { DATABASE_URL: 'memory:' }, /^Failed: DATABASE_URL is memory:.*\n$/],
    [
      ['prune'],
      { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/none' },
      /^Failed: PostgreSQL cannot be used (?!.*secret).*DATABASE_URL\.\n$/,
    ],
    [['prune', '--vacuum'], { DATABASE_URL: 'postgres://127.0.0.1:1/none' }, /^error: --vacuum is for SQLite;/],
    [['prune'], { DATABASE_URL: 'mysql://somewhere' }, /^Failed: DATABASE_URL must be sqlite:<path>.*\n$/],
  ])('%j with %j', async (args, settings, line) => {
    expect(await runCli(args, settings)).toEqual({ stdout: '', stderr: expect.stringMatching(line), code: 1 });
  });
});
