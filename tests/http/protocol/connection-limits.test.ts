import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { listen } from '@mentorship/http/process/listen';
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

  test('in one turn of the event loop, a body before a request', async () => {
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
