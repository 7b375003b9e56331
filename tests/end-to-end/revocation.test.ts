import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { describe, expect, test, vi } from 'vitest';
import {
  call,
  createDatabase,
  lastingStores,
  logIn,
  ownDetail,
  password,
  refresh,
  register,
  startService,
  type Tokens,
} from '../support/processes/service.ts';
import { openForSuite } from '../support/processes/open-for-suite.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Runs a SQL statement directly on the database, as an operator would. */
const runSql = async (databaseUrl: string, statement: string): Promise<void> => {
  if (databaseUrl.startsWith('sqlite:')) {
    const database = new DatabaseSync(databaseUrl.slice('sqlite:'.length), { timeout: 10_000 });
    database.exec(statement);
    database.close();
    return;
  }
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};

const statusAt = async (url: string, tokens: Tokens): Promise<number> => (await ownDetail(url, tokens)).status;

/** Expects that the process soon rejects the tokens, and never accepts them again. */
const expectRejectedForGood = async (url: string, ...ended: Tokens[]): Promise<void> => {
  for (const tokens of ended) {
    await expect.poll(() => statusAt(url, tokens), { timeout: 20_000, interval: 10 }).toBe(401);
    expect((await refresh(url, tokens)).status).toBe(401);
  }
  for (let time = 0; time < 100; time++) for (const tokens of ended) expect(await statusAt(url, tokens)).toBe(401);
};

describe.each(lastingStores)('two processes on %s', (store) => {
  const shared = openForSuite(async (running) => {
    const database = running.use(await createDatabase(store));
    const settings = { DATABASE_URL: database.url };
    const [one, other] = [running.use(await startService(settings)), running.use(await startService(settings))];
    return { settings, one, other };
  });
  let users = 0;
  /** A user of this test alone. */
  const newName = () => `user-${(users += 1)}`;

  test.each<[method: string, end: (url: string, mine: Tokens, other: Tokens) => Promise<{ status: number }>]>([
    [
      'a logout',
      (url, mine, other) => call(url, 'POST /api/logout', { token: mine.access, body: { refresh: other.refresh } }),
    ],
    [
      'a logout of all others',
      (url, mine) =>
        call(url, 'POST /api/logout', { token: mine.access, body: { refresh: mine.refresh, scope: 'others' } }),
    ],
    [
      'the end of a session in the list',
      async (url, mine) => {
        const { body } = await call<{ id: string; current: boolean }[]>(url, 'GET /api/sessions', {
          token: mine.access,
        });
        const id = body.find(({ current }) => !current)?.id;
        return call(url, `DELETE /api/sessions/${id}`, { token: mine.access });
      },
    ],
    [
      'a new password',
      (url, mine) =>
        call(url, 'PATCH /api/users/me', {
          token: mine.access,
          body: { password: 'newpassword123', current_password: password },
        }),
    ],
  ])('both reject a session ended on one of them by %s, and keep the other session', async (_, end) => {
    const { one, other } = shared();
    const name = newName();
    await register(one.url, name);
    const [mine, ended] = [await logIn(one.url, name), await logIn(other.url, name)];
    for (const { url } of [one, other]) expect(await statusAt(url, ended)).toBe(200);

    expect((await end(one.url, mine, ended)).status).toBeLessThan(300);
    expect(await statusAt(one.url, ended)).toBe(401);
    for (const { url } of [one, other]) await expectRejectedForGood(url, ended);
    for (const { url } of [one, other]) expect(await statusAt(url, mine)).toBe(200);
  });

  test('both reject every token of an account ended on one of them, and never reuse its id', async () => {
    const { one, other } = shared();
    const name = newName();
    const { id } = (await register(one.url, name)).body;
    const tokens = [await logIn(one.url, name), await logIn(other.url, name)] as const;
    for (const each of tokens) for (const { url } of [one, other]) expect(await statusAt(url, each)).toBe(200);

    const body = { current_password: password };
    expect((await call(one.url, 'DELETE /api/users/me', { token: tokens[0].access, body })).status).toBe(204);
    for (const each of tokens) expect(await statusAt(one.url, each)).toBe(401);
    for (const { url } of [one, other]) await expectRejectedForGood(url, ...tokens);

    const again = await register(other.url, name);
    expect(again.status).toBe(201);
    expect(again.body.id).toBeGreaterThan(id);
    for (const { url } of [one, other]) expect(await statusAt(url, tokens[0])).toBe(401);
  });

  test('a process that starts later rejects sessions ended before', async () => {
    const { settings, one } = shared();
    const name = newName();
    await register(one.url, name);
    const ended = await logIn(one.url, name);
    await call(one.url, 'POST /api/logout', { token: ended.access, body: { refresh: ended.refresh } });
    await using later = await startService(settings);
    expect(await statusAt(later.url, ended)).toBe(401);
  });

  test('withdrawing the keys by SQL invalidates all tokens in all processes, which then publish new keys', async () => {
    const { settings, one, other } = shared();
    const name = newName();
    await register(one.url, name);
    const tokens = [await logIn(one.url, name), await logIn(other.url, name)] as const;
    const kids = async (url: string) =>
      (await call<{ keys: { kid: string }[] }>(url, 'GET /.well-known/jwks.json')).body.keys.map(({ kid }) => kid);
    const before = await kids(one.url);
    expect(before.length).toBeGreaterThan(0);

    await runSql(settings.DATABASE_URL, 'UPDATE signing_keys SET expires_at = created_at');
    for (const { url } of [one, other]) await expectRejectedForGood(url, ...tokens);

    for (const { url } of [one, other]) {
      const fresh = await logIn(url, name);
      for (const each of [one, other]) expect(await statusAt(each.url, fresh)).toBe(200);
      expect((await kids(url)).filter((kid) => before.includes(kid))).toEqual([]);
    }
    for (const { url } of [one, other]) await expectRejectedForGood(url, ...tokens);
  });
});
