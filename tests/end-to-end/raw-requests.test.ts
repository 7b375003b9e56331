import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { call, logIn, register, startService, type Service } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

let service: Service;
beforeAll(async () => {
  service = await startService({
    DATABASE_URL: 'memory:',
    LOGIN_BUDGET: 'off',
    LOGIN_BUDGET_PER_ADDRESS: 'off',
    LOGIN_BUDGET_PER_ACCOUNT: 'off',
  });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

const open = async (): Promise<Socket> => {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
};

type RawAnswer = { status: number; headers: Map<string, string>; body: string };

const parseAnswer = (answer: string): RawAnswer => {
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const pairs = lines
    .map((line) => line.split(': '))
    .map(([name = '', value = '']) => [name.toLowerCase(), value] as const);
  return { status: Number(statusLine.split(' ')[1]), headers: new Map(pairs), body: rest.join('\r\n\r\n') };
};

/** Sends the bytes and reads until the service closes the connection. */
const exchange = async (bytes: string): Promise<RawAnswer> => {
  const socket = await open();
  socket.write(bytes, 'latin1');
  return parseAnswer(await text(socket));
};

const request = (line: string, headers: string[], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', body].join('\r\n');
const json = 'Content-Type: application/json';

const expectProblem = ({ status, headers, body }: RawAnswer, expected: { status: number; code: string }): void => {
  expect({ status, type: headers.get('content-type'), body }).toMatchObject({
    status: expected.status,
    type: expect.stringMatching(/^application\/problem\+json/),
  });
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(JSON.parse(body)).toMatchObject({ ...expected, title: expect.any(String), detail: expect.any(String) });
};

describe('a request rejected by Node receives a problem document', () => {
  test.each<[what: string, bytes: string, status: number, code: string]>([
    ['20 KB of headers', request('GET /healthz', [`X-Long: ${'x'.repeat(20_000)}`]), 431, 'headers_too_large'],
    ['20 KB of URL', request(`GET /${'x'.repeat(20_000)}`, []), 431, 'headers_too_large'],
    ['a garbage request line', 'garbage\r\n\r\n', 400, 'bad_request'],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'bad_request'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505, 'version_not_supported'],
    ['an unknown method', request('BREW /api/users', []), 501, 'method_not_implemented'],
    ['NUL in a header', request('GET /healthz', ['X-Nul: a\0b']), 400, 'bad_request'],
    [
      'two lengths',
      request('POST /api/login', ['Content-Length: 2', 'Transfer-Encoding: chunked'], '{}'),
      400,
      'bad_request',
    ],
    ['a length that is not a number', request('POST /api/login', ['Content-Length: two'], '{}'), 400, 'bad_request'],
    [
      'a chunk without a size',
      request('POST /api/login', [json, 'Transfer-Encoding: chunked'], 'x\r\n{}\r\n'),
      400,
      'bad_request',
    ],
    ['an unknown expectation', request('GET /healthz', ['Expect: miracles']), 417, 'expectation_failed'],
  ])('%s', async (_, bytes, status, code) => {
    expectProblem(await exchange(bytes), { status, code });
  });

  test('no Host', async () => {
    const { status, headers, body } = await exchange('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect({ status, type: headers.get('content-type'), body }).toMatchObject({
      status: 400,
      type: expect.stringMatching(/^application\/problem\+json/),
    });
  });
});

describe('a client that sends a body of 1 MB receives the 413', () => {
  const body = JSON.stringify({ username: 'x'.repeat(1_000_000), password: '' });
  const tooLarge = { status: 413, code: 'payload_too_large' };

  test('with a Content-Length', async () => {
    expect(await call(service.url, 'POST /api/login', { body })).toMatchObject({ status: 413, body: tooLarge });
  });

  test('sent completely before the client reads', async () => {
    expectProblem(await exchange(request('POST /api/login', [json, `Content-Length: ${body.length}`], body)), tooLarge);
  });

  test('sent in chunks', async () => {
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    expectProblem(await exchange(request('POST /api/login', [json, 'Transfer-Encoding: chunked'], chunk)), tooLarge);
  });
});

describe('slow clients block no others', () => {
  const login = JSON.stringify({ username: 'unknown', password: 'wrong password' });
  const complete = request('POST /api/login', [json, `Content-Length: ${login.length}`], login);

  test.each([
    ['within the request line', 9],
    ['within the headers', complete.indexOf('Content-Length') + 9],
    ['before the body', complete.length - login.length],
    ['within the body', complete.length - 5],
  ])('%s', async (_, at) => {
    const slow = await Promise.all(Array.from({ length: 20 }, open));
    for (const socket of slow) socket.write(complete.slice(0, at));
    const others = await Promise.all(Array.from({ length: 20 }, () => call(service.url, 'GET /readyz')));
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));

    for (const socket of slow) socket.write(complete.slice(at));
    const answers = await Promise.all(slow.map((socket) => text(socket)));
    expect(answers.map((answer) => parseAnswer(answer).status)).toEqual(slow.map(() => 401));
  });

  test('clients that disconnect midway do not harm the service', async () => {
    for (const at of [9, complete.length - 5]) {
      const socket = await open();
      socket.write(complete.slice(0, at));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect(await call(service.url, 'GET /readyz')).toMatchObject({ status: 200 });
  });
});

test('a logout responds 205 with Content-Length 0 and no body', async () => {
  await register(service.url, 'john');
  const { access, refresh } = await logIn(service.url, 'john');
  const body = JSON.stringify({ refresh });
  const headers = [json, `Content-Length: ${body.length}`, `Authorization: Bearer ${access}`];
  const answer = await exchange(request('POST /api/logout', headers, body));
  expect(answer).toMatchObject({ status: 205, body: '' });
  expect(answer.headers.get('content-length')).toBe('0');
});

test('pipelined requests receive their responses in order', async () => {
  const keptAlive = ['GET /healthz', 'GET /nowhere', 'GET /readyz'].map(
    (line) => `${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  );
  const socket = await open();
  socket.write([...keptAlive, request('GET /api/users', [])].join(''));
  const statuses = [...(await text(socket)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  expect(statuses).toEqual([200, 404, 200, 401]);
});
