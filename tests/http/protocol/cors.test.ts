import { afterAll, describe, expect, test } from 'vitest';
import type { Call, Method } from '../../support/http/client.ts';
import { operationsOf } from '../../support/http/openapi.ts';
import { answersIn, exchange, listen, type Piece, request } from '../../support/http/raw.ts';
import { startService } from '../../support/http/service.ts';

const listed = 'https://app.example.org';
const also = 'http://localhost:5173';
const bare = await startService();
const open = await startService({ settings: { CORS_ORIGINS: `${listed}, ${also}` } });
const port = await listen(open.app);
const { access: token } = await open.api.join('john');
afterAll(async () => {
  await bare.stop();
  await open.stop();
});

const preflight = (origin: string, method = 'GET', headers = 'authorization,content-type'): Call => ({
  headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
});
const allowing = (headers: Record<string, string>) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control'));
/** The headers of a response to a page that neither every page may read, nor the browser alone uses. */
const unreadable = (headers: Record<string, string>) => {
  const readable = `${headers['access-control-expose-headers']},cache-control,content-length,content-type`;
  const forBrowsers =
    /^(access-control-.*|connection|content-security-policy|cross-origin-.*|keep-alive|origin-agent-cluster|referrer-policy|strict-transport-security|vary|x-(content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies|xss-protection))$/;
  const names = new Set(readable.toLowerCase().split(/, ?/));
  return Object.keys(headers).filter((name) => !names.has(name) && !forBrowsers.test(name));
};
const routes = operationsOf(open.api.document).map(({ method, path }) => ({
  method: method as Method,
  url: path.replace('{id}', '1'),
}));
const exposed = [
  'Accept-Encoding',
  'Allow',
  'Date',
  'ETag',
  'Link',
  'Location',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];
const unlisted = [
  'https://evil.example.org',
  'https://app.example.org.evil.example',
  'https://evil-app.example.org',
  'http://app.example.org',
  'https://app.example.org:8443',
  'https://APP.example.org.',
  'https://app.example.org/',
  'null',
  '*',
  '',
];

describe('CORS_ORIGINS=none', () => {
  test.each(routes)('$method $url allows no other origin', async ({ method, url }) => {
    for (const call of [{ headers: { origin: listed } }, { headers: { origin: 'null' } }, {}])
      expect(allowing((await bare.api.call(method, url, call)).headers)).toEqual([]);
  });

  test.each(routes)(
    'rejects a preflight of $method $url with a 405, like any unsupported method',
    async ({ method, url }) => {
      const answer = await bare.api.call('OPTIONS', url, preflight(listed, method));
      expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
      expect(allowing(answer.headers)).toEqual([]);
      expect(answer.headers['vary'] ?? '').not.toMatch(/origin/i);
    },
  );
});

describe('a refusal below the routes', () => {
  const big = 'x'.repeat(20 * 1024);
  const from = (origin: string, requestLine: string, ...more: string[]) =>
    request([requestLine, 'Host: localhost', `Origin: ${origin}`, 'Connection: close', ...more]);
  const refusals = (origin: string): [string, number, Piece[]][] => [
    ['invalid percent-encoding', 400, from(origin, 'GET /api/users/%zz HTTP/1.1')],
    ['too large headers', 431, from(origin, 'GET /api/users HTTP/1.1', `X-Big: ${big}`)],
    ['invalid HTTP', 400, from(origin, 'GET /api/users HTTP/1.1', 'X-Bad\u0001: 1')],
    ['an expectation', 417, from(origin, 'GET /api/users HTTP/1.1', 'Expect: 200-ok')],
    ['CONNECT', 405, from(origin, 'CONNECT localhost:80 HTTP/1.1')],
    ['two Host headers', 400, from(origin, 'GET /api/users HTTP/1.1', 'Host: other')],
    ['an unknown method', 501, from(origin, 'BREW /api/users HTTP/1.1')],
    ['another transfer coding', 501, from(origin, 'POST /api/login HTTP/1.1', 'Transfer-Encoding: gzip, chunked')],
    ['another version', 505, from(origin, 'GET /api/users HTTP/2.0')],
    [
      'a large body',
      413,
      from(origin, 'POST /api/login HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 70000'),
    ],
    ['a compressed body', 415, from(origin, 'POST /api/login HTTP/1.1', 'Content-Encoding: gzip', 'Content-Length: 2')],
  ];
  const ask = async (pieces: Piece[]) => answersIn(await exchange(port, pieces))[0]!;

  test.each(refusals(listed))('lets pages of a listed origin read the refusal of %s', async (_, status, pieces) => {
    const { status: received, headers } = await ask(pieces);
    expect(received).toBe(status);
    expect(headers).toMatchObject({ 'access-control-allow-origin': listed, date: expect.any(String) as string });
    expect(headers['vary']).toMatch(/origin/i);
    expect(unreadable(headers)).toEqual([]);
  });

  test.each(refusals('https://evil.example.org'))(
    'lets no other page read the refusal of %s',
    async (_, status, pieces) => {
      const { status: received, headers } = await ask(pieces);
      expect(received).toBe(status);
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  test('without origins, allows none', async () => {
    const answers = answersIn(await exchange(await listen(bare.app), refusals(listed)[1]![2]));
    expect(answers[0]).toMatchObject({ status: 431 });
    expect(allowing(answers[0]!.headers)).toEqual([]);
  });

  test('of headers that never arrive completely can be read by every page', async () => {
    const answer = await ask(['GET /api/users HTTP/1.1\r\nHost: localhost\r\n', `Origin: ${listed}\r\n`]);
    expect(answer).toMatchObject({ status: 408, headers: { 'access-control-allow-origin': '*' } });
  }, 40_000);
});

describe('CORS_ORIGINS with origins', () => {
  test.each(routes)('answers a preflight of $method $url with 204, before authentication', async ({ method, url }) => {
    for (const origin of [listed, also]) {
      const answer = await open.api.unchecked('OPTIONS', url, preflight(origin, method));
      expect(answer).toMatchObject({
        status: 204,
        text: '',
        headers: {
          'access-control-allow-origin': origin,
          'access-control-max-age': '600',
          vary: expect.stringMatching(/\borigin\b/i) as string,
        },
      });
      const allowed = (name: string) => (answer.headers[name] ?? '').toLowerCase().split(', ');
      expect(allowed('access-control-allow-methods')).toContain(method.toLowerCase());
      expect(allowed('access-control-allow-headers')).toEqual(['authorization,content-type']);
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  test.each([
    ['a success', 'GET', '/api/users', { token }, 200],
    ['a detail', 'GET', '/api/users/me', { token }, 200],
    ['a 304', 'GET', '/api/users/me', { token, headers: { 'if-none-match': '*' } }, 304],
    ['a registration', 'POST', '/api/registration', { body: { username: 'X', password: 'short' } }, 400],
    ['a page', 'GET', '/api/users?limit=1', { token }, 200],
    ['a 400', 'POST', '/api/login', { payload: '{' }, 400],
    ['a 401', 'GET', '/api/users', {}, 401],
    ['a 401 of a login', 'POST', '/api/login', { body: { username: 'unknown', password: 'x' } }, 401],
    ['a 403', 'PATCH', '/api/users/99', { token }, 403],
    ['a 404', 'GET', '/nowhere', { token }, 404],
    ['a 405', 'PUT', '/api/users', { token }, 405],
    ['a 413', 'POST', '/api/login', { payload: ' '.repeat(70_000) }, 413],
    ['a 415', 'POST', '/api/login', { payload: 'x', headers: { 'content-type': 'text/plain' } }, 415],
  ] as const)('lets pages of a listed origin read %s, and no other page', async (_, method, url, call, status) => {
    const send = (origin: string) =>
      open.api.call(method, url, { ...call, headers: { ...('headers' in call ? call.headers : {}), origin } });
    const answer = await send(listed);
    expect(answer).toMatchObject({
      status,
      headers: {
        'access-control-allow-origin': listed,
        'access-control-expose-headers': exposed.join(', '),
        vary: expect.stringMatching(/\borigin\b/i) as string,
        'x-content-type-options': 'nosniff',
      },
    });
    expect(unreadable(answer.headers)).toEqual([]);
    const other = await send('https://evil.example.org');
    expect(other.status).toBe(status);
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
    expect(other.headers['vary']).toMatch(/\borigin\b/i);
  });

  test('lets pages read every header that the OpenAPI document names', () => {
    const named = operationsOf(open.api.document).flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ headers = {} }) => Object.keys(headers)),
    );
    expect(named).toContain('ETag');
    expect(exposed.map((name) => name.toLowerCase())).toEqual(
      expect.arrayContaining(named.map((name) => name.toLowerCase()).filter((name) => name !== 'content-length')),
    );
  });

  test.each(unlisted)('rejects the unlisted origin %j', async (origin) => {
    const answer = await open.api.call('GET', '/api/users', { token, headers: { origin } });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    const asked = await open.api.unchecked('OPTIONS', '/api/users', preflight(origin));
    expect(asked.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test.each(['if-match', 'if-none-match', 'traceparent,x-requested-with', 'cache-control', 'x-anything'])(
    'allows the request headers %s that a preflight asks for',
    async (names) => {
      const { headers } = await open.api.unchecked('OPTIONS', '/api/users/me', preflight(listed, 'PATCH', names));
      expect(headers['access-control-allow-headers']).toBe(names);
      expect(headers['vary']).toMatch(/access-control-request-headers/i);
    },
  );

  test.each([open, bare])('names CORS_ORIGINS to a preflight of an unlisted origin', async ({ api }) => {
    const answer = await api.call('OPTIONS', '/api/users', preflight('https://evil.example.org'));
    expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect((answer.body as { detail: string }).detail).toContain('CORS_ORIGINS');
  });

  test('allows nothing without an Origin header, but sends Vary', async () => {
    const { headers } = await open.api.call('GET', '/api/users', { token });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers['vary']).toMatch(/\borigin\b/i);
  });

  test.each(['/api/users', '/api/login', '/healthz'])(
    'rejects OPTIONS %s that is not a preflight with a 405',
    async (url) => {
      for (const call of [{}, { token }, { headers: { origin: listed } }])
        expect(await open.api.call('OPTIONS', url, call)).toMatchObject({
          status: 405,
          body: { code: 'method_not_allowed' },
        });
    },
  );

  test('answers OPTIONS of an unknown URL with a 404', async () => {
    expect(await open.api.call('OPTIONS', '/nowhere')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('still requires a token after a preflight', async () => {
    await open.api.unchecked('OPTIONS', '/api/users', preflight(listed));
    expect(await open.api.call('GET', '/api/users', { headers: { origin: listed } })).toMatchObject({ status: 401 });
  });
});
