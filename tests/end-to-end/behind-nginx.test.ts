import { beforeEach, describe, expect, test, vi } from 'vitest';
import { hasNginx, howToGetNginx, startNginx } from '../support/processes/nginx.ts';
import { call, createDatabase, logIn, ownDetail, register, startService } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Three instances with the shipped settings. */
const startThree = async (databaseUrl: string, settings: Record<string, string> = {}) => {
  const start = () => startService({ DATABASE_URL: databaseUrl, TRUST_PROXY: 'loopback', ...settings });
  return [await start(), await start(), await start()] as const;
};

describe('three instances behind the shipped nginx configuration', () => {
  beforeEach(({ skip }) => skip(!hasNginx(), howToGetNginx));

  test('all receive requests, with the real client address, whatever headers the client sends', async () => {
    await using database = await createDatabase('postgres');
    const instances = await startThree(database.url);
    await using nginx = await startNginx(instances.map(({ url }) => url));
    await register(nginx.url, 'john');
    const response = await fetch(`${nginx.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.7', forwarded: 'for=192.0.2.7' },
      body: JSON.stringify({ username: 'john', password: '12345678' }),
    });
    const { access: token } = (await response.json()) as { access: string };
    const { body } = await call<{ ip: string }[]>(nginx.url, 'GET /api/sessions', { token });
    expect(body.map(({ ip }) => ip)).toEqual(['127.0.0.1']);
    for (let time = 0; time < 9; time++) await call(nginx.url, 'GET /healthz');
    expect(new Set(nginx.asked().flat()).size).toBe(3);
    for (const instance of instances) await instance.stop('SIGKILL');
  });

  test('lose no request when one stops, and nginx repeats none that may have been processed', async () => {
    await using database = await createDatabase('postgres');
    const instances = await startThree(database.url, { SHUTDOWN_GRACE: '5s' });
    const [first] = instances;
    await using nginx = await startNginx(instances.map(({ url }) => url));
    await register(nginx.url, 'john');
    const tokens = await logIn(nginx.url, 'john');
    let ended = false;
    const stopped = first.stop('SIGTERM').finally(() => (ended = true));
    const outcomes: string[] = [];
    const client = async () => {
      // Continues for a while after the instance has ended.
      for (let rounds = 0; rounds < 20; rounds += Number(ended)) {
        const { status } = await ownDetail(nginx.url, tokens);
        const posted = await call(nginx.url, 'POST /api/token/refresh', { body: { refresh: tokens.refresh } });
        outcomes.push(`GET ${status}`, `POST ${posted.status}`);
      }
    };
    await Promise.all(Array.from({ length: 4 }, client));
    expect(await stopped).toMatchObject({ code: 0 });
    expect(new Set(outcomes)).toEqual(new Set(['GET 200', 'POST 200']));
    const retried = nginx.asked().filter((addresses) => addresses.length > 1);
    expect(new Set(retried.map(([address]) => address))).toEqual(new Set([new URL(first.url).host]));

    // A killed instance refuses connections: nginx sends the request to another one.
    await instances[1].stop('SIGKILL');
    for (let time = 0; time < 10; time++)
      expect((await call(nginx.url, 'POST /api/token/refresh', { body: { refresh: tokens.refresh } })).status).toBe(
        200,
      );
    await instances[2].stop('SIGKILL');
    expect((await fetch(`${nginx.url}/healthz`)).status).toBe(502);
  });
});
