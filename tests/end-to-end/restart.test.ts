import { describe, expect, test, vi } from 'vitest';
import {
  call,
  createDatabase,
  lastingStores,
  logIn,
  ownDetail,
  refresh,
  register,
  startService,
} from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 120_000 });

describe.each(lastingStores)('a restart on %s', (store) => {
  test.each(['SIGTERM', 'SIGKILL'] as const)('after %s ends no session', async (signal) => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using before = await startService(settings);
    await register(before.url, 'john');
    const tokens = await logIn(before.url, 'john');
    const ended = await logIn(before.url, 'john');
    expect(
      await call(before.url, 'POST /api/logout', { body: { refresh: ended.refresh }, token: ended.access }),
    ).toMatchObject({
      status: 205,
    });
    await before.stop(signal);

    await using after = await startService(settings);
    expect(await ownDetail(after.url, tokens)).toMatchObject({ status: 200, body: { username: 'john' } });
    const refreshed = await refresh(after.url, tokens);
    expect(refreshed.status).toBe(200);
    expect((await ownDetail(after.url, { ...tokens, ...refreshed.body })).status).toBe(200);
    expect((await refresh(after.url, ended)).status).toBe(401);
    expect((await ownDetail(after.url, ended)).status).toBe(401);
  });

  test('keeps every write acknowledged before kill -9', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using before = await startService(settings);
    await register(before.url, 'mentor');
    const acknowledged: string[] = [];
    // Each client registers one user after another until the connection breaks.
    const client = async (name: string) => {
      for (let count = 0; ; count++) {
        const username = `${name}-${count}`;
        const answer = await register(before.url, username, { mentor_username: 'mentor' }).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(201);
        if (acknowledged.push(username) === 50) await before.stop('SIGKILL');
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(client));
    expect(acknowledged.length).toBeGreaterThanOrEqual(50);

    await using after = await startService(settings);
    const tokens = await logIn(after.url, acknowledged[49] ?? '');
    const list = await call<object[]>(after.url, 'GET /api/users', { token: tokens.access });
    const written = acknowledged.map((username) => ({ username, mentor_username: 'mentor' }));
    expect(list.body).toEqual(expect.arrayContaining(written));
  });
});

describe.each(lastingStores)('two processes on %s', (store) => {
  test("accept each other's tokens at once, and learn of each other's logouts", async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using one = await startService(settings);
    await using other = await startService(settings);
    await register(one.url, 'john');

    for (const [issuer, verifier] of [
      [one, other],
      [other, one],
    ] as const) {
      const tokens = await logIn(issuer.url, 'john');
      expect((await ownDetail(verifier.url, tokens)).status).toBe(200);
      const refreshed = await refresh(verifier.url, tokens);
      expect(refreshed.status).toBe(200);
      const { access } = refreshed.body;
      expect((await ownDetail(issuer.url, { ...tokens, access })).status).toBe(200);

      expect(
        (await call(issuer.url, 'POST /api/logout', { body: { refresh: tokens.refresh }, token: access })).status,
      ).toBe(205);
      expect((await refresh(verifier.url, tokens)).status).toBe(401);
      // Rejected at once by the process that ended the session, within a second by the other.
      const statuses = async (url: string) => [
        (await ownDetail(url, tokens)).status,
        (await ownDetail(url, { ...tokens, access })).status,
      ];
      expect(await statuses(issuer.url)).toEqual([401, 401]);
      await expect.poll(() => statuses(verifier.url), { timeout: 20_000 }).toEqual([401, 401]);
    }
  });

  test('serve while the other process stops and starts', async () => {
    await using database = await createDatabase(store);
    const settings = { DATABASE_URL: database.url };
    await using one = await startService(settings);
    await register(one.url, 'john');
    const tokens = await logIn(one.url, 'john');
    await using other = await startService(settings);
    expect((await one.stop()).code).toBe(0);
    expect((await refresh(other.url, tokens)).status).toBe(200);
    await using third = await startService(settings);
    expect((await ownDetail(third.url, await logIn(other.url, 'john'))).status).toBe(200);
  });
});
