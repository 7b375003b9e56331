import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Method, password } from '../../support/http/client.ts';
import { operationsOf } from '../../support/http/openapi.ts';
import { startService } from '../../support/http/service.ts';

const { api, stop } = await startService();
const { access: token } = await api.join('john');
const spare = await api.logIn('john');
afterAll(stop);

const allowed: Record<string, Set<string>> = { '/openapi.json': new Set(['GET']), '/docs/': new Set(['GET']) };
for (const { method, path } of operationsOf(api.document))
  (allowed[path.replace('{id}', '1')] ??= new Set()).add(method);
for (const methods of Object.values(allowed)) if (methods.has('GET')) methods.add('HEAD');
const routes = Object.entries(allowed).map(([url, methods]) => ({ url, methods: [...methods].toSorted() }));
const methods: Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

describe('a method that a URL does not support', () => {
  test.each(routes)('on $url is a 405 that lists $methods', async ({ url, methods: known }) => {
    const bare = url.replace(/\/$/, '');
    for (const method of methods.filter((candidate) => !known.includes(candidate)))
      for (const [at, call] of [
        [bare, {}],
        [`${bare}/`, { token }],
        [`${bare}?x=1`, { token: 'garbage', payload: '{' }],
      ] as const) {
        const answer = await api.call(method, at, call);
        expect({ method, at, status: answer.status }).toEqual({ method, at, status: 405 });
        expect((answer.headers['allow'] ?? '').split(', ').toSorted()).toEqual(known);
      }
  });

  test.each(['2', 'abc', '%00', '999999'])('on the user %s is a 405 too', async (id) => {
    expect(await api.call('DELETE', `/api/users/${id}`, { token })).toMatchObject({ status: 405 });
  });
});

describe('the documents', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const known = new Set(['GET /metrics', ...operationsOf(api.document).map(({ method, path }) => `${method} ${path}`)]);

  test.each(globSync(['*.md', 'docs/*.md'], { cwd: root, exclude: ['CHANGELOG.md'] }))(
    'name only routes that exist: %s',
    (path) => {
      const named = [...readFileSync(root + path, 'utf8').matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`?\s]*)/g)];
      for (const [, route = ''] of named) expect(known).toContain(route.replace(/<\w+>|:\w+|\b\d+\b/g, '{id}'));
    },
  );

  test('list five routes or more in the README', () => {
    const rows = readFileSync(`${root}README.md`, 'utf8').match(/^\| `(?:GET|POST|PATCH) \//gm);
    expect(rows?.length).toBeGreaterThanOrEqual(5);
  });
});

describe('an unknown URL', () => {
  test.each([
    '/',
    '/api',
    '/api/',
    '/nope',
    '/api/nope',
    '/API/users',
    '/api/users/1/mentees',
    '/api/users/me/1',
    '/api//users',
    '//api/users',
    '/api/login/x',
    '/.well-known/',
    '/openapi.json.bak',
    '/docs/../../package.json',
    '/docs/package.json',
    '/__proto__',
    '/constructor',
    '/.git/config',
    '/.git/HEAD',
    '/.env',
    '/.env.example',
    '/data/mentorship.sqlite',
    '/package.json',
    '/docs/../.env',
    '/docs/%2e%2e/.git/config',
    `/${'a'.repeat(5000)}`,
    '/api/users%2F1',
  ])('%.60s is a 404 problem for everyone', async (url) => {
    for (const call of [{}, { token }, { token: 'garbage' }, { payload: '{', token }])
      for (const method of ['GET', 'POST', 'DELETE'] as const)
        expect(await api.call(method, url, call)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await api.call('HEAD', url)).toMatchObject({ status: 404 });
  });

  test.each(['/%zz', '/api/users/%zz', '/api/users/%', '/api/users/%E0%A4', '/api/users/%ff'])(
    '%s that cannot be decoded is a 4xx problem',
    async (url) => {
      for (const call of [{}, { token }]) expect([400, 404]).toContain((await api.call('GET', url, call)).status);
    },
  );
});

describe('HEAD', () => {
  test.each(routes.filter(({ methods: known }) => known.includes('HEAD')))(
    'of $url has the headers of GET',
    async ({ url }) => {
      const [head, get] = [await api.call('HEAD', url, { token }), await api.call('GET', url, { token })];
      const unlike = { date: '', 'x-request-id': '' };
      expect({ status: head.status, headers: { ...head.headers, ...unlike } }).toEqual({
        status: get.status,
        headers: { ...get.headers, ...unlike },
      });
    },
  );
});

describe('the headers of every response', () => {
  test.each([
    ['a success', 'GET', '/api/users', { token }],
    ['a page', 'GET', '/docs/', {}],
    ['the document', 'GET', '/openapi.json', {}],
    ['a 400', 'POST', '/api/login', { payload: '{' }],
    ['a 401', 'GET', '/api/users', {}],
    ['a 403', 'PATCH', '/api/users/99', { token }],
    ['a 404', 'GET', '/nope', {}],
    ['a 405', 'PUT', '/api/users', {}],
    ['a 413', 'POST', '/api/login', { payload: ' '.repeat(70_000) }],
    ['a 415', 'POST', '/api/login', { payload: 'x', headers: { 'content-type': 'text/plain' } }],
    ['a route in percent-encoding', 'GET', '/%61pi/users', { token }],
    ['a malformed URL', 'GET', '/api/users/%zz', {}],
    ['an id of 200 digits', 'GET', `/api/users/${'1'.repeat(200)}`, { token }],
    ['the end of a session', 'DELETE', '/api/sessions/unknown', { token }],
    ['a rejected end of the account', 'DELETE', '/api/users/me', { token, body: { current_password: 'wrong' } }],
    ['events', 'GET', '/api/users/me/events', { token }],
    ['tokens', 'POST', '/api/login', { body: { username: 'john', password } }],
    ['a login that fails', 'POST', '/api/login', { body: { username: 'unknown', password } }],
    ['a logout', 'POST', '/api/logout', { token, body: { refresh: spare.refresh } }],
    ['keys', 'GET', '/.well-known/jwks.json', {}],
  ] as const)('%s', async (_, method, url, call) => {
    const { status, headers, text } = await api.call(method, url, call);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
      'x-request-id': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('set-cookie');
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    expect(headers['content-type'] ?? 'none').toMatch(text === '' ? /^none$/ : /; charset=utf-8$/);
    expect(headers['cache-control']).toBe(
      status === 404 || decodeURI(url.replace('%zz', '')).startsWith('/api') ? 'no-store' : undefined,
    );
  });

  const common = {
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
  const forPages = {
    ...common,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
  };
  const noStore = { 'cache-control': 'no-store' };
  test.each([
    ['/healthz', forPages],
    ['/nope', { ...forPages, ...noStore }],
    ['/api/users', { ...forPages, ...noStore }],
    ['/api/users/%zz', { ...common, ...noStore }],
    ['/docs/', { ...forPages, 'content-security-policy': expect.stringMatching(/^default-src 'none';/) as string }],
  ])('are exactly these for %s', async (url, expected) => {
    const { headers } = await api.call('GET', url);
    const others = [
      'allow',
      'connection',
      'content-length',
      'content-type',
      'date',
      'www-authenticate',
      'x-request-id',
    ];
    expect(Object.fromEntries(Object.entries(headers).filter(([name]) => !others.includes(name)))).toEqual(expected);
  });

  test('have a unique request id, never the client’s', async () => {
    const headers = { 'x-request-id': 'mine', 'request-id': 'mine' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.call('GET', '/healthz', { headers })));
    const ids = answers.map((answer) => answer.headers['x-request-id']);
    expect(new Set(ids).size).toBe(20);
    expect(ids).not.toContain('mine');
  });
});

describe('operations', () => {
  test('report that the process is alive and the store answers', async () => {
    expect(await api.call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await api.call('GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  test('publish public Ed25519 keys and nothing private', async () => {
    const { body } = await api.call('GET', '/.well-known/jwks.json');
    expect(body).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          x: expect.stringMatching(/^[\w-]{43}$/),
          kid: expect.stringMatching(/^[\w-]{43}$/),
          use: 'sig',
          alg: 'EdDSA',
        },
      ],
    });
  });

  test('publish no key before the service signs', async () => {
    const fresh = await startService();
    expect((await fresh.api.call('GET', '/.well-known/jwks.json')).body).toEqual({ keys: [] });
    await fresh.stop();
  });
});
