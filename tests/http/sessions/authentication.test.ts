import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, Method } from '../../support/http/client.ts';
import { operationsOf } from '../../support/http/openapi.ts';
import { type Service, startService } from '../../support/http/service.ts';

const started = await startService();
const operations = operationsOf(started.api.document).map(({ method, path, operation }) => ({
  route: `${method} ${path}`,
  method: method as Method,
  url: path.replace('{id}', '1'),
  secured: operation.security !== undefined,
}));
const service: Service = started;
let john: Account;

beforeAll(async () => {
  john = await service.api.join('john');
});
afterAll(() => service.stop());

const open = ['POST /api/login', 'POST /api/registration', 'POST /api/token/refresh'];
const guarded = operations.filter(({ route, url }) => url.startsWith('/api/') && !open.includes(route));

describe('default deny', () => {
  test('the document secures every route under /api but three', () => {
    const secured = operations.filter((operation) => operation.secured).map(({ route }) => route);
    expect(secured).toEqual(guarded.map(({ route }) => route));
    const promised = [
      'DELETE /api/sessions/{id}',
      'DELETE /api/users/me',
      'GET /api/mentorships',
      'GET /api/mentorships/graph',
      'GET /api/mentorships/{id}',
      'GET /api/sessions',
      'GET /api/users',
      'GET /api/users/me',
      'GET /api/users/me/events',
      'GET /api/users/me/mentorships',
      'GET /api/users/{id}',
      'GET /api/users/{id}/mentorships',
      'PATCH /api/mentorships/{id}',
      'PATCH /api/users/me',
      'PATCH /api/users/{id}',
      'POST /api/logout',
      'POST /api/mentorships',
    ];
    expect(secured).toEqual(expect.arrayContaining(promised));
  });

  test.each(guarded)('$route rejects a request without a token', async ({ method, url }) => {
    const without: Record<string, string>[] = [
      {},
      { authorization: '' },
      { authorization: 'Basic am9objoxMjM0NTY3OA==' },
      { authorization: john.access },
      { authorization: 'Bearer' },
      { authorization: 'Bearer  ' },
      { authorization: `Token ${john.access}` },
      { authorization: `Bearer${john.access}` },
      { authorization: 'Bearer' },
      { authorization: 'Bearer  ' },
      { cookie: `access=${john.access}` },
      { 'x-access-token': john.access },
    ];
    for (const headers of without)
      for (const at of [url, `${url}/`, `${url}?access_token=${john.access}`])
        expect(await service.api.call(method, at, { headers, payload: '{' })).toMatchObject({
          status: 401,
          headers: { 'www-authenticate': 'Bearer' },
          body: { code: 'not_authenticated' },
        });
  });

  test.each(guarded)('$route names the error of an invalid token', async ({ method, url }) => {
    for (const authorization of ['Bearer garbage', 'bearer a.b.c', `Bearer ${john.refresh}`])
      expect(await service.api.call(method, url, { headers: { authorization } })).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': expect.stringMatching(/^Bearer error="invalid_token"/) as string },
        body: { code: 'token_not_valid' },
      });
  });

  test.each(['Bearer', 'bearer', 'BEARER'])('accepts the scheme as %s', async (scheme) => {
    const headers = { authorization: `${scheme} ${john.access}` };
    expect(await service.api.call('GET', '/api/users/me', { headers })).toMatchObject({ status: 200 });
  });

  test.each(['/.well-known/jwks.json', '/openapi.json', '/docs/', '/healthz', '/readyz'])(
    '%s is public and ignores an invalid token',
    async (url) => {
      for (const headers of [{}, { authorization: 'Bearer garbage' }, { authorization: 'Basic x' }])
        expect(await service.api.call('GET', url, { headers })).toMatchObject({ status: 200 });
    },
  );
});
