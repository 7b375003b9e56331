import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { password, register, startService } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

const start = (grace: string) => startService({ DATABASE_URL: 'memory:', SHUTDOWN_GRACE: grace });

/** Sends a request over the agent's connection, or over a new one. */
const send = async (url: string, route: string, agent = new Agent(), body?: unknown) => {
  const [method = '', path] = route.split(' ');
  const headers = { 'content-type': 'application/json' };
  const sending = request(new URL(path!, url), { method, agent, ...(body !== undefined && { headers }) });
  sending.end(body === undefined ? '' : JSON.stringify(body));
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  const { statusCode: status, headers: answered } = response;
  return { status, body: await json(response), connection: answered.connection, retryAfter: answered['retry-after'] };
};

const oneConnection = () => new Agent({ keepAlive: true, maxSockets: 1 });

/** Whether the service accepts a new connection. */
const acceptsConnections = async (url: string): Promise<boolean> => {
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
  vi.waitFor(async () => expect(await send(url, 'GET /readyz')).toMatchObject(isStopping), { timeout: 10_000 });

describe('a service with a shutdown grace, after SIGTERM', () => {
  test('is not ready, but serves all other requests', async () => {
    await using service = await start('10m');
    await register(service.url, 'john');
    const kept = oneConnection();
    expect(await send(service.url, 'GET /readyz', kept)).toMatchObject({ status: 200, connection: 'keep-alive' });
    void service.stop('SIGTERM');
    await expectStopping(service.url);
    const login = ['POST /api/login', kept, { username: 'john', password }] as const;
    for (let time = 0; time < 3; time++) {
      expect(await send(service.url, ...login)).toMatchObject({ status: 200, connection: 'keep-alive' });
      expect(await send(service.url, 'POST /api/login', new Agent(), login[2])).toMatchObject({ status: 200 });
      expect(await send(service.url, 'GET /healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
      expect(await send(service.url, 'GET /readyz/', kept)).toMatchObject({ ...isStopping, connection: 'keep-alive' });
    }
  });

  test('then accepts no connection, closes each open one with its next response, and ends', async () => {
    await using service = await start('8s');
    const kept = Array.from({ length: 8 }, oneConnection);
    const sendAll = () => Promise.all(kept.map((agent) => send(service.url, 'GET /healthz', agent)));
    await sendAll();
    void service.stop('SIGTERM');
    await expectStopping(service.url);
    await vi.waitFor(async () => expect(await acceptsConnections(service.url)).toBe(false), { timeout: 20_000 });
    for (const answer of await sendAll()) expect(answer).toMatchObject({ status: 200, connection: 'close' });
    // The process ends with the last connection, without waiting for the rest of the grace.
    expect(await service.ended).toMatchObject({ code: 0 });
  });

  test('ends even if a connection stays idle', async () => {
    await using service = await start('1s');
    const idle = connect(Number(new URL(service.url).port), '127.0.0.1');
    await once(idle, 'connect');
    idle.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(idle, 'data');
    expect(await service.stop('SIGTERM')).toMatchObject({ code: 0 });
    idle.destroy();
  });
});

describe('the shutdown grace ends at once on', () => {
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
