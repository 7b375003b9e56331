import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { listen } from '@mentorship/http/process/listen';
import { requireFreePort } from '@mentorship/http/workers/require-free-port';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { answersIn, exchange, request } from '../../support/http/raw.ts';
import { startForTest } from '../../support/http/service.ts';

const healthz = request(['GET /healthz HTTP/1.1', 'Host: localhost']).join('');
const last = request(['GET /healthz HTTP/1.1', 'Host: localhost', 'Connection: close']).join('');

/** Starts the service on two addresses, as `localhost` is in many hosts files. */
const startOnTwoAddresses = async (settings: Record<string, string> = {}) => {
  const { app } = await startForTest({ settings });
  await listen(app, { host: 'localhost', port: 0 }, async () => ['127.0.0.1', '127.0.0.2']);
  return { app, port: (app.server.address() as AddressInfo).port };
};

const open = async (port: number, host = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ host, port });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
};

describe('pipelined requests', () => {
  test.each([1, 2, 16])('%i of them are answered in their order', async (count) => {
    const { port } = await startOnTwoAddresses();
    const received = await exchange(port, [healthz.repeat(count - 1) + last]);
    expect(answersIn(received).map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 200));
  });

  test('in one event loop turn, a body before a request', async () => {
    const { port } = await startOnTwoAddresses();
    const login = request(
      ['POST /api/login HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Content-Length: 2'],
      '{}',
    ).join('');
    const received = await exchange(port, [`${healthz}${login}${last}`]);
    expect(answersIn(received).map(({ status }) => status)).toEqual([200, 400, 200]);
  });

  test.each([
    ['requests', healthz],
    ['refused expectations', healthz.replace('\r\n\r\n', '\r\nExpect: miracles\r\n\r\n')],
  ])('of more than 16 %s at once are not answered: the connection is closed', async (_, text) => {
    const { port } = await startOnTwoAddresses();
    const received = await exchange(port, [text.repeat(1000)]);
    expect(answersIn(received).length).toBeLessThanOrEqual(16);
    expect(answersIn(await exchange(port, [last]))).toMatchObject([{ status: 200 }]);
  });
});

describe('MAX_CONNECTIONS', () => {
  test('closes the next connection at once, on whichever address, and accepts one again when another ends', async () => {
    const { port } = await startOnTwoAddresses({ MAX_CONNECTIONS: '2' });
    const [first] = [await open(port), await open(port, '127.0.0.2')];
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      const refused = await open(port, host);
      refused.resume();
      await once(refused, 'close');
    }
    first?.destroy();
    await vi.waitFor(async () => expect(answersIn(await exchange(port, [last]))).toMatchObject([{ status: 200 }]));
  });
});

describe('the second address of localhost', () => {
  test('answers what Node refuses with the same problem', async () => {
    const { port } = await startOnTwoAddresses();
    const received = await exchange(port, ['GET / HTTP/1.1\r\nHost\r\n\r\n'], { host: '127.0.0.2' });
    expect(answersIn(received)).toMatchObject([
      { status: 400, headers: { 'content-type': 'application/problem+json' }, body: { code: 'bad_request' } },
    ]);
  });

  test('finishes its requests when the service stops, and accepts none afterwards', async () => {
    const { app, port } = await startOnTwoAddresses({ SHUTDOWN_GRACE: '0s' });
    const socket = await open(port, '127.0.0.2');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(Buffer.from(chunk)));
    const body = JSON.stringify({ username: 'john', password: '12345678' });
    const [head, rest] = [body.slice(0, 5), body.slice(5)];
    const lines = ['POST /api/login HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    const arrived = once(app.server, 'request');
    socket.write(request([...lines, `Content-Length: ${body.length}`], head).join(''));
    await arrived;
    const stopped = app.stop(AbortSignal.abort());
    socket.write(rest);
    await stopped;
    expect(answersIn(Buffer.concat(received).toString())).toMatchObject([
      { status: 401, headers: { connection: 'close' } },
    ]);
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      const [error] = await once(connect({ host, port }), 'error');
      expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    }
  });
});

test.each([
  ['malformed request', 'MALFORMED\r\n\r\n'],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
])('a %s behind a response that is under way ends the connection, and adds nothing to it', async (_, text) => {
  const { port } = await startOnTwoAddresses();
  const socket = await open(port);
  const received: string[] = [];
  socket.on('data', (chunk) => received.push(chunk.toString('latin1')));
  socket.write(request(['GET /docs/scalar.js HTTP/1.1', 'Host: localhost']).join(''));
  await once(socket, 'data');
  socket.write(text);
  await once(socket, 'close');
  expect(received.join('').match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200']);
});

describe('the port of several workers', () => {
  const lookup = async () => ['127.0.0.1', '127.0.0.2', '192.0.2.1'];

  test('must be free on every address of localhost that the system has', async () => {
    const listener = createServer().listen({ host: '127.0.0.2', port: 0 });
    onTestFinished(() => void listener.close());
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    await expect(requireFreePort({ HOST: 'localhost', PORT: port }, lookup)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      address: '127.0.0.2',
    });
    await expect(requireFreePort({ HOST: 'localhost', PORT: 0 }, lookup)).resolves.toBeUndefined();
  });
});

test('the server of the metrics answers protocol errors as the service does', async () => {
  const { app } = await startForTest({ settings: { METRICS_PORT: '0' } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.metricsServer!.server.address() as AddressInfo;
  const ask = async (line: string, ...headers: string[]) =>
    answersIn(await exchange(port, request([`${line} HTTP/1.1`, ...headers, 'Connection: close'])));
  expect(await ask('GET /metrics', 'Host: a', 'Expect: miracles')).toMatchObject([{ status: 417 }]);
  expect(await ask('GET /metrics', 'Host: a', 'Host: b')).toMatchObject([{ body: { code: 'invalid_host' } }]);
  expect(await ask('GET /metrics', 'Host: a b')).toMatchObject([{ body: { code: 'invalid_host' } }]);
  expect(await ask('GET /metrics')).toMatchObject([{ body: { code: 'missing_host' } }]);
  expect(await ask('CONNECT a:1', 'Host: a')).toMatchObject([{ status: 405, headers: { allow: 'GET, HEAD' } }]);
  expect(await ask('POST http://a/metrics', 'Host: a')).toMatchObject([{ status: 405 }]);
});
