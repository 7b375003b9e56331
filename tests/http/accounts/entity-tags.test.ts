import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { password } from '../../support/http/client.ts';
import { startService } from '../../support/http/service.ts';

const { api, stop } = await startService();
const john = await api.join('john');
const alice = await api.join('alice');
afterAll(stop);

type Headers = Record<string, string>;
const urls = ['/api/users/me', `/api/users/${john.id}`];
const read = (headers: Headers = {}, url = '/api/users/me', { access: token } = john) =>
  api.call('GET', url, { token, headers });
const patch = (body: unknown, headers: Headers = {}, url = '/api/users/me') =>
  api.call('PATCH', url, { token: john.access, body, headers });
let tag: string;
beforeEach(async () => {
  await patch({ phone: '112' });
  tag = (await read()).headers['etag'] ?? '';
});

test('the detail of a user has a strong ETag that changes with it', async () => {
  expect(tag).toMatch(/^"[\w-]{22}"$/);
  const changed = await patch({ phone: '113' });
  expect(changed.headers['etag']).not.toBe(tag);
  for (const url of urls) expect((await read({}, url)).headers['etag']).toBe(changed.headers['etag']);
  expect((await patch({ phone: '112' })).headers['etag']).toBe(tag);
  expect((await read({}, urls[1], alice)).headers['etag']).not.toBe(tag);
});

test.each(['/api/users', '/api/sessions', '/api/users/me/events'])('the list %s has no ETag', async (url) => {
  expect((await read({}, url)).headers).not.toHaveProperty('etag');
});

describe.each(urls)('GET %s', (url) => {
  const same = (): string[] => [tag, `W/${tag}`, '*', ' * ', `"other", ${tag}`, `"a,b",W/${tag}`, `,, ${tag} ,`];
  const other = (): string[] => [
    '"other"',
    tag.slice(1, -1),
    `w/${tag}`,
    `${tag} x`,
    `${tag} ${tag}`,
    '"*"',
    '"',
    ',',
    `x, ${tag}`,
    '","'.repeat(2000),
  ];

  test('with If-None-Match of this state, also weakened, is a 304 without a body', async () => {
    for (const value of same()) {
      const answer = await read({ 'if-none-match': value }, url);
      expect(answer, value).toMatchObject({ status: 304, text: '', headers: { etag: tag } });
    }
  });

  test('with If-None-Match of another state or a malformed one is a 200', async () => {
    for (const value of other())
      expect(await read({ 'if-none-match': value }, url), value).toMatchObject({ status: 200, body: { id: john.id } });
  });

  test('with If-Match of another state, a weak or a malformed one is a 412', async () => {
    for (const value of ['"other"', `W/${tag}`, ...other()])
      expect(await read({ 'if-match': value }, url), value).toMatchObject({
        status: 412,
        body: { code: 'precondition_failed' },
      });
    for (const value of [tag, '*', `W/"x", ${tag}`])
      expect(await read({ 'if-match': value }, url), value).toMatchObject({ status: 200 });
  });

  test('checks If-Match before If-None-Match', async () => {
    expect(await read({ 'if-match': '"other"', 'if-none-match': tag }, url)).toMatchObject({ status: 412 });
    expect(await read({ 'if-match': tag, 'if-none-match': tag }, url)).toMatchObject({ status: 304 });
  });

  test.each(['-gzip', '--gzip', ';gzip', '-br'])(
    'takes a tag with the suffix %s of a proxy for another one',
    async (suffix) => {
      const altered = `${tag.slice(0, -1)}${suffix}"`;
      expect(await read({ 'if-none-match': altered }, url)).toMatchObject({ status: 200, headers: { etag: tag } });
      expect(await read({ 'if-none-match': `W/${altered}` }, url)).toMatchObject({ status: 200 });
      const answer = await read({ 'if-match': altered }, url);
      expect(answer.status).toBe(412);
      expect((answer.body as { detail: string }).detail).toContain('altered');
    },
  );

  test('a 304 has every header of the 200, except content-type and content-length', async () => {
    const { 'content-type': _type, 'content-length': _length, ...expected } = (await read({}, url)).headers;
    const { headers } = await read({ 'if-none-match': tag }, url);
    const unlike = { date: expect.any(String) as string, 'x-request-id': expect.any(String) as string };
    expect(headers).toEqual({ ...expected, ...unlike });
  });

  test.each(['if-modified-since', 'if-unmodified-since'])('ignores %s: there are no dates of changes', async (name) => {
    for (const value of ['Tue, 01 Jan 2030 00:00:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT', 'garbage'])
      expect(await read({ [name]: value }, url)).toMatchObject({ status: 200, body: { id: john.id } });
    const never = { 'if-none-match': tag, 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' };
    expect(await read(never, url)).toMatchObject({ status: 304 });
  });

  test('HEAD has the same ETag and 304', async () => {
    const head = (headers: Headers) => api.call('HEAD', url, { token: john.access, headers });
    expect(await head({})).toMatchObject({ status: 200, headers: { etag: tag } });
    expect(await head({ 'if-none-match': tag })).toMatchObject({ status: 304 });
  });
});

describe.each(urls)('PATCH %s', (url) => {
  test('with If-Match of the state that was read changes it, once', async () => {
    expect(await patch({ phone: '114' }, { 'if-match': tag }, url)).toMatchObject({ status: 200 });
    expect(await patch({ phone: '115' }, { 'if-match': tag }, url)).toMatchObject({
      status: 412,
      body: { code: 'precondition_failed' },
    });
    expect((await read()).body).toMatchObject({ phone: '114' });
  });

  test('of two with the same tag at once, one wins', async () => {
    const answers = await Promise.all(['116', '117'].map((phone) => patch({ phone }, { 'if-match': tag }, url)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });

  test('with a weakened tag says so, and changes nothing', async () => {
    const answer = await patch({ phone: '118' }, { 'if-match': `W/${tag}` }, url);
    expect(answer.status).toBe(412);
    expect((answer.body as { detail: string }).detail).toContain('weakened');
    expect((await read()).headers['etag']).toBe(tag);
  });

  test('with If-None-Match of this state, or *, is a 412 and changes nothing', async () => {
    for (const value of [tag, `W/${tag}`, '*', `"other", ${tag}`])
      expect(await patch({ phone: '120' }, { 'if-none-match': value }, url), value).toMatchObject({
        status: 412,
        body: { code: 'precondition_failed', detail: expect.stringContaining('If-None-Match') as string },
      });
    expect((await read()).headers['etag']).toBe(tag);
    for (const value of ['"other"', 'garbage', `${tag.slice(0, -1)}-gzip"`])
      expect(await patch({}, { 'if-none-match': value }, url), value).toMatchObject({ status: 200 });
    expect(await patch({ phone: '121' }, { 'if-match': tag, 'if-none-match': '"other"' }, url)).toMatchObject({
      status: 200,
    });
  });

  test('with If-Match of another state changes nothing, not even without fields', async () => {
    for (const body of [{}, { phone: '119' }, { password: 'another password' }])
      expect(await patch(body, { 'if-match': '"other"' }, url)).toMatchObject({ status: 412 });
    expect((await read()).headers['etag']).toBe(tag);
  });

  test('sends back what was read, with its tag', async () => {
    const { body } = await read();
    expect(await patch(body, { 'if-match': tag }, url)).toMatchObject({ status: 200, body, headers: { etag: tag } });
  });
});

test('a new password keeps the tag: the detail shows the same, and other sessions that could overwrite it have ended', async () => {
  const other = await api.logIn('john');
  const [first, second] = ['another password', 'yet another password'];
  expect(await patch({ password: first }, { 'if-match': tag })).toMatchObject({ status: 200, headers: { etag: tag } });
  const late = { token: other.access, body: { password: second }, headers: { 'if-match': tag } };
  expect(await api.call('PATCH', '/api/users/me', late)).toMatchObject({ status: 401 });
});

describe('DELETE /api/users/me', () => {
  test('with a precondition that this state does not meet keeps the account', async () => {
    const ann = await api.join('ann');
    const own = (await read({}, '/api/users/me', ann)).headers['etag'] ?? '';
    const end = (headers: Headers) =>
      api.call('DELETE', '/api/users/me', { token: ann.access, body: { current_password: password }, headers });
    for (const headers of [
      { 'if-match': '"other"' },
      { 'if-match': `W/${own}` },
      { 'if-none-match': own },
      { 'if-none-match': '*' },
    ])
      expect(await end(headers as Headers)).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
    expect(await end({ 'if-match': own })).toMatchObject({ status: 204 });
  });
});
