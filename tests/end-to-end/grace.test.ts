import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { password, register, startService } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

const start = (grace: string) => startService({ DATABASE_URL: 'memory:', SHUTDOWN_GRACE: grace });

/** Over this agent's one connection, or over one of its own. */
const ask = async (url: string, route: string, agent = new Agent(), body?: unknown) => {
  const [method = '', path] = route.split(' ');
  const headers = { 'content-type': 'application/json' };
  const sending = request(new URL(path!, url), { method, agent, ...(body !== undefined && { headers }) });
  sending.end(body === undefined ? '' : JSON.stringify(body));
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const { statusCode: status, headers: answered } = response;
  return { status, body: await json(response), connection: answered.connection, retryAfter: answered['retry-after'] };
};

const oneConnection = () => new Agent({ keepAlive: true, maxSockets: 1 });

/** Whether a new connection is taken. */
const takesConnections = async (url: string): Promise<boolean> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
};

const isStopping = { status: 503, retryAfter: '1', body: { code: 'stopping' } };

const expectStopping = (url: string) =>
  vi.waitFor(async () => expect(await ask(url, 'GET /readyz')).toMatchObject(isStopping), { timeout: 10_000 });

describe('from SIGTERM on, a service with a grace', () => {
  test('says that it is not ready, and answers everything else as before', async () => {
    await using service = await start('10m');
    await register(service.url, 'john');
    const kept = oneConnection();
    expect(await ask(service.url, 'GET /readyz', kept)).toMatchObject({ status: 200, connection: 'keep-alive' });
    void service.stop('SIGTERM');
    await expectStopping(service.url);
    const login = ['POST /api/login', kept, { username: 'john', password }] as const;
    for (let time = 0; time < 3; time++) {
      expect(await ask(service.url, ...login)).toMatchObject({ status: 200, connection: 'keep-alive' });
      expect(await ask(service.url, 'POST /api/login', new Agent(), login[2])).toMatchObject({ status: 200 });
      expect(await ask(service.url, 'GET /healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect(await ask(service.url, 'GET /readyz/', kept)).toMatchObject({ ...isStopping, connection: 'keep-alive' });
    }
  });

  test('then takes no connection, lets go of each that is open with its next answer, and ends', async () => {
    await using service = await start('8s');
    const kept = Array.from({ length: 8 }, oneConnection);
    const askAll = () => Promise.all(kept.map((agent) => ask(service.url, 'GET /healthz', agent)));
    await askAll();
    void service.stop('SIGTERM');
    await expectStopping(service.url);
    await vi.waitFor(async () => expect(await takesConnections(service.url)).toBe(false), { timeout: 20_000 });
    for (const answer of await askAll()) expect(answer).toMatchObject({ status: 200, connection: 'close' });
    // With the last of them, without waiting for the rest of the grace.
    expect(await service.ended).toMatchObject({ code: 0 });
  });

  test('ends also when a connection stays idle', async () => {
    await using service = await start('1s');
    const idle = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(idle, 'connect');
    idle.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle, 'data');
    expect(await service.stop('SIGTERM')).toMatchObject({ code: 0 });
    idle.destroy();
  });
});

describe('what ends the grace at once', () => {
  test.each([['SIGTERM', 'SIGTERM'], ['SIGTERM', 'SIGINT'], ['SIGINT']] as const)('%s %s', async (...signals) => {
    await using service = await start('10m');
    const [first, second] = signals;
    void service.stop(first);
    if (second) {
      await expectStopping(service.url);
      void service.stop(second);
    }
    expect(await service.ended).toMatchObject({ code: 0, signal: null });
  });
});
