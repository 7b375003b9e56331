import { beforeEach, describe, expect, test, vi } from 'vitest';
import { hasNginx, howToGetNginx, startNginx } from '../support/processes/nginx.ts';
import { call, createDatabase, logIn, ownDetail, register, startService } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Three instances as they are shipped, but for the log. */
const startThree = async (databaseUrl: string, settings: Record<string, string> = {}) => {
  const start = () => startService({ DATABASE_URL: databaseUrl, TRUST_PROXY: 'loopback', ...settings });
  return [await start(), await start(), await start()] as const;
};

describe('three instances behind the shipped nginx configuration', () => {
  beforeEach(({ skip }) => skip(!hasNginx(), howToGetNginx));

  test('are all asked, and told where a request comes from, whatever the client says', async () => {
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

  test('lose nothing when one is stopped, and nothing that may have been done is sent twice', async () => {
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
      // For a while after its end too.
      for (let after = 0; after < 20; after += Number(ended)) {
        const { status } = await ownDetail(nginx.url, tokens);
        const posted = await call(nginx.url, 'POST /api/token/refresh', { body: { refresh: tokens.refresh } });
        outcomes.push(`GET ${status}`, `POST ${posted.status}`);
      }
    };
    await Promise.all(Array.from({ length: 4 }, client));
    expect(await stopped).toMatchObject({ code: 0 });
    expect(new Set(outcomes)).toEqual(new Set(['GET 200', 'POST 200']));
    const again = nginx.asked().filter((asked) => asked.length > 1);
    expect(new Set(again.map(([address]) => address))).toEqual(new Set([new URL(first.url).host]));

    // One that ends without a word: nginx asks another where nothing was sent yet.
    await instances[1].stop('SIGKILL');
    for (let time = 0; time < 10; time++)
      expect((await call(nginx.url, 'POST /api/token/refresh', { body: { refresh: tokens.refresh } })).status).toBe(
        200,
      );
    await instances[2].stop('SIGKILL');
    expect((await fetch(`${nginx.url}/healthz`)).status).toBe(502);
  });
});
