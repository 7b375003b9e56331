import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { password } from '../../support/http/client.ts';
import { type Answer, answerChecker } from '../../support/http/openapi.ts';
import { answersIn, exchange, listen, type Piece, request } from '../../support/http/raw.ts';
import { startService } from '../../support/http/service.ts';

const { app, api, stop } = await startService();
const john = await api.join('john');
await api.join('mike');
const port = await listen(app);
const check = answerChecker(api.document);

type Case = [title: string, status: number, code: string, pieces: Piece[]];
const host = 'Host: localhost';
const close = 'Connection: close';
const json = 'Content-Type: application/json';
const authorization = `Authorization: Bearer ${john.access}`;
const length = (body: Piece) => `Content-Length: ${Buffer.byteLength(body)}`;
const post = (url: string, body: string, ...headers: string[]) =>
  request([`POST ${url} HTTP/1.1`, host, close, json, length(body), ...headers], body);

const raw = (...pieces: Piece[]) => exchange(port, pieces);
/** The only response to a request on its own connection. */
const ask = async (pieces: Piece[], options = {}): Promise<Answer> => {
  const answers = answersIn(await exchange(port, pieces, options));
  expect(answers).toHaveLength(1);
  return answers[0]!;
};
const expectUnchanged = async () => {
  expect(await ask(request(['GET /api/users HTTP/1.1', host, close, authorization]))).toMatchObject({
    status: 200,
    body: [{ username: 'john' }, { username: 'mike' }],
  });
};
afterEach(expectUnchanged);
afterAll(stop);

test('answers 408 to an incomplete body and closes the connection', async () => {
  const head = ['POST /api/login HTTP/1.1', host, json, 'Content-Length: 100'];
  const answer = await ask(request(head, '{"user'));
  expect(answer).toMatchObject({ status: 408, headers: { connection: 'close' }, body: { code: 'request_timeout' } });
});

describe('a request that Node rejects gets a problem too', () => {
  const big = 'x'.repeat(20 * 1024);
  const cases: Case[] = [
    ['20 KB in one header', 431, 'headers_too_large', request(['GET /healthz HTTP/1.1', host, `X-Big: ${big}`])],
    [
      'a token of 20 KB',
      431,
      'headers_too_large',
      request(['GET /api/users HTTP/1.1', host, `Authorization: Bearer ${big}`]),
    ],
    [
      '20 KB of headers',
      431,
      'headers_too_large',
      request(['GET /healthz HTTP/1.1', host, ...Array.from({ length: 400 }, (_, at) => `X-${at}: ${'x'.repeat(50)}`)]),
    ],
    ['a URL of 20 KB', 431, 'headers_too_large', request([`GET /${big} HTTP/1.1`, host])],
    ['CONNECT', 405, 'method_not_allowed', ['CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n']],
    ['text that is not HTTP', 400, 'bad_request', ['hello\r\n\r\n']],
    ['another protocol', 400, 'bad_request', [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01])]],
    ...['BREW', 'GETX', 'get', "M-X!#$%&'*+.^_`|~"].map((method): Case => [
      `the unknown method ${method}`,
      501,
      'method_not_implemented',
      request([`${method} /healthz HTTP/1.1`, host]),
    ]),
    ...['0.9', '1.2', '2.0', '9.9'].map((version): Case => [
      `HTTP/${version}`,
      505,
      'version_not_supported',
      request([`GET /healthz HTTP/${version}`, host]),
    ]),
    ['a request without a version', 505, 'version_not_supported', ['GET /healthz\r\n\r\n']],
    ['the preface of HTTP/2', 505, 'version_not_supported', ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']],
    ['an incomplete version', 400, 'bad_request', request(['GET /healthz HTTP/11', host])],
    ...['healthz', '\\healthz', 'localhost:80'].map((target): Case => [
      `the target ${target}`,
      400,
      'bad_request',
      request([`GET ${target} HTTP/1.1`, host]),
    ]),
    ...[
      '*',
      '/healthz#x',
      'http:///healthz',
      'http://:80/healthz',
      'https://user:word@localhost/healthz',
      'http://[/healthz',
      'http://localhost:port/healthz',
    ].map((target): Case => [
      `the target ${target}`,
      400,
      'invalid_target',
      request([`GET ${target} HTTP/1.1`, host, close]),
    ]),
    ['a line break without a carriage return', 400, 'bad_request', [`GET /healthz HTTP/1.1\n${host}\n\n`]],
    ['a lone carriage return', 400, 'bad_request', request(['GET /healthz HTTP/1.1', host, 'X-A: a\rb'])],
    ['a folded header', 400, 'bad_request', request(['GET /healthz HTTP/1.1', host, 'X-A: a', ' b'])],
    ...['+2', '2, 2', '0x2', '2.0', '2 2', '', '9'.repeat(30)].map((value): Case => [
      `the length ${value}`,
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, `Content-Length: ${value}`], '{}'),
    ]),
    [
      'the same length twice',
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, 'Content-Length: 2', 'Content-Length: 2'], '{}'),
    ],
    [
      'a length of 2^53',
      413,
      'payload_too_large',
      request(['POST /api/login HTTP/1.1', host, json, close, 'Content-Length: 9007199254740993']),
    ],
    ...['chunked, gzip', 'chunked, chunked', 'gzip', 'identity', 'xchunked', 'chunked;a=b', ''].map((coding): Case => [
      `the transfer coding "${coding}", which does not say where the body ends`,
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, `Transfer-Encoding: ${coding}`], '0\r\n\r\n'),
    ]),
    ...['POST /api/login', 'GET /healthz', 'POST /nowhere', 'DELETE /healthz'].flatMap((line) =>
      ['gzip, chunked', 'identity, Chunked', 'br,,chunked'].map((coding): Case => [
        `${line} with the transfer coding ${coding}`,
        501,
        'unsupported_transfer_coding',
        request([`${line} HTTP/1.1`, host, json, `Transfer-Encoding: ${coding}`], '0\r\n\r\n'),
      ]),
    ),
    [
      'chunks in HTTP/1.0',
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.0', host, json, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'),
    ],
    ...['zz', '-1', '0x2', 'f'.repeat(17)].map((size): Case => [
      `a chunk of size ${size}`,
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, 'Transfer-Encoding: chunked'], `${size}\r\n`),
    ]),
    ['a malformed version', 400, 'bad_request', request(['GET /healthz HTTQ/1.1', host])],
    ['a space in the URL', 400, 'bad_request', request(['GET /healthz x HTTP/1.1', host])],
    ['a header without a name', 400, 'bad_request', request(['GET /healthz HTTP/1.1', host, ': x'])],
    ['a header without a colon', 400, 'bad_request', request(['GET /healthz HTTP/1.1', host, 'nonsense'])],
    ['a space before the colon', 400, 'bad_request', request(['GET /healthz HTTP/1.1', host, 'X-A : x'])],
    ['NUL in a header', 400, 'bad_request', request(['GET /healthz HTTP/1.1', host, 'X-A: a\0b'])],
    [
      'two lengths',
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, 'Content-Length: 2', 'Content-Length: 3'], '{}'),
    ],
    [
      'a negative length',
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, 'Content-Length: -1'], '{}'),
    ],
    [
      'a length in words',
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, 'Content-Length: two'], '{}'),
    ],
    [
      'a length and chunks',
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, 'Content-Length: 2', 'Transfer-Encoding: chunked'], '0\r\n\r\n'),
    ],
    [
      'an unknown transfer coding',
      400,
      'bad_request',
      request(['POST /api/login HTTP/1.1', host, json, 'Transfer-Encoding: zip'], '{}'),
    ],
    ['no Host in HTTP/1.1', 400, 'missing_host', request(['GET /healthz HTTP/1.1', close])],
    ['two Hosts', 400, 'invalid_host', request(['GET /healthz HTTP/1.1', host, host, close])],
    ['two different Hosts', 400, 'invalid_host', request(['GET /healthz HTTP/1.1', host, 'HOST: b', close])],
    ['two Hosts in HTTP/1.0', 400, 'invalid_host', request(['GET /healthz HTTP/1.0', host, host, close])],
    ...['a b', 'a/b', 'user@a', 'a:port', 'a:1:2', '[::1', '::1', 'a?b', 'a#b', 'é', '%zz'].map((name): Case => [
      `the Host ${name}`,
      400,
      'invalid_host',
      request(['GET /healthz HTTP/1.1', `Host: ${name}`, close]),
    ]),
    ...['gzip', 'GZIP', 'br', 'deflate, gzip', 'x'].map((encoding): Case => [
      `a body in ${encoding}`,
      415,
      'unsupported_encoding',
      request(
        ['POST /api/login HTTP/1.1', host, json, close, `Content-Encoding: ${encoding}`, 'Content-Length: 2'],
        '{}',
      ),
    ]),
    [
      'an unknown expectation',
      417,
      'expectation_failed',
      request(['POST /api/login HTTP/1.1', host, json, close, 'Expect: miracles', 'Content-Length: 2'], '{}'),
    ],
  ];

  test.each(cases)('%s: %i %s', async (_, status, code, pieces) => {
    const answer = await ask(pieces);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers).toMatchObject({
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      date: expect.stringMatching(/ GMT$/) as string,
      connection: 'close',
    });
    check('GET', '/', answer);
  });

  test('names an unknown method also after another request on the connection', async () => {
    const received = await raw(
      ...request(['GET /healthz HTTP/1.1', host]),
      ...request(['BREW /healthz HTTP/1.1', host]),
    );
    expect(answersIn(received).map(({ status }) => status)).toEqual([200, 501]);
  });

  test('answers 408 to a request that takes too long to arrive', async () => {
    const connected = once(app.server, 'connection') as Promise<[Socket]>;
    const answer = ask([`POST /api/login HTTP/1.1\r\n${host}\r\n`]);
    const [socket] = await connected;
    // Emits the timeout error of Node at once.
    app.server.emit(
      'clientError',
      Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
      socket,
    );
    expect(await answer).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
    check('GET', '/', await answer);
  });

  // Otherwise Node never looks for the missing rest of a body whose response is sent already.
  test('limits the time for the headers by that for the whole request', () => {
    expect(app.server.headersTimeout).toBe(app.server.requestTimeout);
  });

  test('rejects CONNECT without a tunnel', async () => {
    const received = await raw(...request(['CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443']));
    expect(received).not.toMatch(/^HTTP\/1\.1 [235]/);
  });
});

describe('bodies on the wire', () => {
  const credentials = JSON.stringify({ username: 'john', password });
  const chunked = (...chunks: string[]) =>
    request(
      ['POST /api/login HTTP/1.1', host, close, json, 'Transfer-Encoding: chunked'],
      ...chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`),
      '0\r\n\r\n',
    );

  test('in chunks', async () => {
    expect(await ask(chunked(credentials.slice(0, 5), credentials.slice(5)))).toMatchObject({ status: 200 });
  });

  test('byte by byte', async () => {
    const lines = ['POST /api/login HTTP/1.1', host, close, json, length(credentials)];
    expect(await ask(request(lines, ...credentials))).toMatchObject({ status: 200 });
  });

  test('after 100 Continue', async () => {
    const received = await raw(
      ...request(
        ['POST /api/login HTTP/1.1', host, close, json, length(credentials), 'Expect: 100-continue'],
        credentials,
      ),
    );
    expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  test.each([
    ...['', 'identity', 'Identity', 'identity, identity', ' , '].map((coding) => `Content-Encoding: ${coding}`),
    ...['', '; charset=utf-8', ';charset="UTF-8"', '; charset=iso-8859-1', ' ;x=y', ';'].map(
      (parameters) => `Content-Type: Application/JSON${parameters}`,
    ),
    'Expect: 100-Continue',
    'Accept: text/html',
    'Upgrade: h2c',
  ])('with %s', async (header) => {
    const type = header.startsWith('Content-Type') ? [] : [json];
    const head = ['POST /api/login HTTP/1.1', host, close, ...type, length(credentials), header];
    expect(
      answersIn((await raw(...request(head, credentials))).replace(/^HTTP\/1\.1 100 .*?\r\n\r\n/s, '')),
    ).toMatchObject([{ status: 200 }]);
  });

  test('with a key twice, of which the last one counts', async () => {
    const twice = credentials.replace('{', '{"username":"unknown",');
    expect(await ask(post('/api/login', twice))).toMatchObject({ status: 200 });
  });

  test('rejects chunks of more than 64 KiB with a 413', async () => {
    expect(await ask(chunked(...Array.from({ length: 70 }, () => ' '.repeat(1024))))).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    });
  });

  test.each([
    ['login', 413, 'POST /api/login', []],
    ['someone else’s account', 403, 'PATCH /api/users/2', [authorization]],
    ['an account without a token', 401, 'PATCH /api/users/me', []],
    ['nowhere', 404, 'POST /api/nowhere', []],
    ['a URL without that method', 405, 'POST /api/users', []],
  ])('answers one megabyte for %s with %i', async (_, status, route, headers) => {
    const body = 'x'.repeat(2 ** 20);
    const head = request([`${route} HTTP/1.1`, host, close, json, length(body), ...headers]);
    // The response does not wait for the body.
    expect(await ask(head)).toMatchObject({ status });
  });

  test.each([
    ['a chunk of no length', 'zz\r\n{}\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', '2\r\n{"a":1}\r\n0\r\n\r\n'],
    ['a chunk of a negative length', '-2\r\n{}\r\n0\r\n\r\n'],
  ])('rejects %s with a 400', async (_, body) => {
    const received = await raw(
      ...request(['POST /api/login HTTP/1.1', host, json, 'Transfer-Encoding: chunked'], body),
    );
    expect(answersIn(received)).toMatchObject([{ status: 400, body: { status: 400 } }]);
  });

  test.each([
    ['in the head', [`POST /api/registration HTTP/1.1\r\n${host}\r\nConte`]],
    ['before the body', request(['POST /api/registration HTTP/1.1', host, json, 'Content-Length: 100'])],
    [
      'in the body',
      request(
        ['POST /api/registration HTTP/1.1', host, json, 'Content-Length: 100'],
        '{"username":"cut","password":"12345678"}',
      ),
    ],
    [
      'in a chunk',
      request(['POST /api/registration HTTP/1.1', host, json, 'Transfer-Encoding: chunked'], '64\r\n{"username":"cut"'),
    ],
    [
      'between chunks',
      request(
        ['POST /api/registration HTTP/1.1', host, json, 'Transfer-Encoding: chunked'],
        `28\r\n${'{"username":"cut","password":"12345678"}'}\r\n`,
      ),
    ],
  ])('registers no user from a request cut off %s', async (_, pieces) => {
    const received = await exchange(port, pieces, { cut: true });
    expect(answersIn(received)).toMatchObject([{ status: 400, body: { status: 400 } }]);
  });
});

describe('responses on the wire', () => {
  test('a 205 has a length of 0 and no body', async () => {
    const { access, refresh } = await api.logIn('john');
    const received = await raw(...post('/api/logout', JSON.stringify({ refresh }), `Authorization: Bearer ${access}`));
    expect(received).toMatch(/^HTTP\/1\.1 205 Reset Content\r\n/);
    expect(received).toMatch(/\r\ncontent-length: 0\r\n/i);
    expect(received).not.toMatch(/\r\ntransfer-encoding:/i);
    expect(received.split('\r\n\r\n')).toEqual([expect.any(String), '']);
  });

  test('HEAD has the length but no body', async () => {
    const received = await raw(...request(['HEAD /healthz HTTP/1.1', host, close]));
    expect(received).toMatch(/\r\ncontent-length: 15\r\n/i);
    expect(received.split('\r\n\r\n')[1]).toBe('');
  });

  test.each([
    'localhost',
    'localhost:3000',
    'localhost:',
    '[::1]',
    '[::1]:80',
    '',
    'xn--bcher-kva.example',
    '1.2.3.4:80',
  ])('the Host "%s" is good', async (name) => {
    const head = ['GET /healthz HTTP/1.1', `Host: ${name}`, close];
    expect(await ask(request(head))).toMatchObject({ status: 200 });
  });

  test('HTTP/1.0 needs no Host', async () => {
    expect(await ask(request(['GET /healthz HTTP/1.0']))).toMatchObject({ status: 200 });
  });

  test('two requests on one connection get both responses, in order', async () => {
    const received = await raw(
      ...request(['GET /healthz HTTP/1.1', host]),
      ...request(['POST /api/login HTTP/1.1', host, json, 'Content-Length: 2'], '{}'),
      ...request(['GET /nowhere HTTP/1.1', host, close]),
    );
    expect(answersIn(received).map(({ status }) => status)).toEqual([200, 400, 404]);
  });

  test.each([
    ['an absolute URL', 'GET http://localhost/healthz HTTP/1.1', 200],
    ['the server itself', 'OPTIONS * HTTP/1.1', 204],
    ['dots', 'GET /api/users/.. HTTP/1.1', 404],
    ['encoded dots', 'GET /api/users/%2e%2e HTTP/1.1', 404],
    ['two slashes', 'GET //api/users HTTP/1.1', 404],
    ['a dot', 'GET /./healthz HTTP/1.1', 404],
    ['an encoded slash', 'GET /api%2fusers HTTP/1.1', 404],
    ['an empty query', 'GET /healthz? HTTP/1.1', 200],
    ['an encoded letter', 'GET /%68ealthz HTTP/1.1', 200],
    ['another scheme', 'GET ftp://localhost/healthz HTTP/1.1', 404],
    ['a backslash', 'GET /api\\users HTTP/1.1', 404],
  ])('handles the target %s', async (_, line, status) => {
    expect(await ask(request([line, host, close, authorization]))).toMatchObject({ status });
  });

  test('ignores an unsupported upgrade', async () => {
    for (const [to, ...more] of [['websocket'], ['h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']]) {
      const headers = ['Connection: Upgrade, close', `Upgrade: ${to}`, ...more];
      expect(await ask(request(['GET /healthz HTTP/1.1', host, ...headers]))).toMatchObject({ status: 200 });
    }
  });

  test.each(['TRACE', 'PROPFIND', 'QUERY', 'M-SEARCH', 'PUT'])('%s is known and not allowed', async (method) => {
    const answer = await ask(request([`${method} /healthz HTTP/1.1`, host, close]));
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  test('OPTIONS * lists the methods of the service', async () => {
    const answer = await ask(request(['OPTIONS * HTTP/1.1', host, close]));
    expect(answer).toMatchObject({ status: 204, headers: { allow: 'DELETE, GET, HEAD, PATCH, POST' }, text: '' });
  });

  test.each([
    ['any content', [json, 'Content-Length: 2'], '{x'],
    ['text', ['Content-Type: text/plain', 'Content-Length: 2'], 'hi'],
    ['a compressed body', [json, 'Content-Encoding: gzip', 'Content-Length: 2'], 'hi'],
    ['chunks', [json, 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'],
    ['no acceptable type', ['Accept: text/html;q=1, application/json;q=0'], ''],
  ])('GET and HEAD ignore %s', async (_, headers, body) => {
    for (const method of ['GET', 'HEAD']) {
      const head = [`${method} /api/sessions HTTP/1.1`, host, close, authorization, ...headers];
      expect(answersIn(await raw(...request(head, body)))).toMatchObject([{ status: 200 }]);
    }
  });

  test('several lines of a precondition count as one list', async () => {
    const read = (...lines: string[]) =>
      ask(request(['GET /api/users/me HTTP/1.1', host, close, authorization, ...lines]));
    const { etag } = (await read()).headers;
    expect(await read('If-None-Match: "a"', `If-None-Match: ${etag}`)).toMatchObject({ status: 304 });
    expect(await read('If-Match: "a"', `If-Match: ${etag}`)).toMatchObject({ status: 200 });
    expect(await read('If-None-Match: "a"', 'If-None-Match: *')).toMatchObject({ status: 200 });
  });
});

describe('a request target in absolute form', () => {
  test.each([
    ['GET http://localhost/api/users/me', 200, 'no-store'],
    ['GET HTTP://x.example:80/api/users/me?x=1', 200, 'no-store'],
    ['GET https://x/%61pi/users/me', 200, 'no-store'],
    ['GET http://localhost/nowhere', 404, 'no-store'],
    ['GET http://localhost', 404, 'no-store'],
    ['GET http://localhost?x', 404, 'no-store'],
    ['PUT http://localhost/api/users/me', 405, 'no-store'],
    ['GET http://localhost/openapi.json', 200, undefined],
  ])('is the same as its path: %s', async (line, status, caching) => {
    const answer = await ask(request([`${line} HTTP/1.1`, host, close, authorization]));
    expect(answer).toMatchObject({ status });
    expect(answer.headers['cache-control']).toBe(caching);
    const [method, url = ''] = line.split(' ');
    const path = url.replace(/^https?:\/\/[^/?]*/i, '') || '/';
    const relative = await ask(
      request([`${method} ${path.startsWith('?') ? `/${path}` : path} HTTP/1.1`, host, close, authorization]),
    );
    const own = { 'x-request-id': undefined, date: undefined };
    expect({ ...answer, headers: { ...answer.headers, ...own } }).toEqual({
      ...relative,
      headers: { ...relative.headers, ...own },
    });
  });
});
