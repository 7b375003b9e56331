import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Call, password } from '../../support/http/client.ts';
import { startService } from '../../support/http/service.ts';

const off = { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' };
const { api, stop } = await startService({ settings: off });
let john: Account;
let before: unknown;

/** Everything that bad input could change: the users, john’s detail, his mentorships and his session. */
const state = async () => {
  const answers = await Promise.all([
    api.call('GET', '/api/users', { token: john.access }),
    api.call('GET', '/api/users/me', { token: john.access }),
    api.call('GET', '/api/mentorships', { token: john.access }),
    api
      .call('POST', '/api/token/refresh', { body: { refresh: john.refresh } })
      .then(({ status }) => ({ status, body: null })),
  ]);
  return answers.map(({ status, body }) => ({ status, body }));
};

beforeAll(async () => {
  john = await api.join('john', { email: 'john@example.com', phone: '1234567890' });
  await api.join('mike', { mentor_username: 'john' });
  before = await state();
});
const expectUnchanged = async () => {
  const [was, is] = [before, await state()];
  before = is;
  expect(is).toEqual(was);
};
afterEach(expectUnchanged);
afterAll(stop);

/** Every route with a body, and a valid body that changes nothing. Each case makes it invalid in one way. */
const routes = (
  [
    ['POST', '/api/registration', { username: 'newcomer', password, mentor_username: 'john' }],
    ['POST', '/api/login', { username: 'john', password: 'wrong password' }],
    ['POST', '/api/token/refresh', { refresh: 'garbage' }],
    ['POST', '/api/logout', { refresh: 'garbage' }],
    ['PATCH', '/api/users/me', { email: 'john@example.com' }],
    ['PATCH', '/api/users/1', { email: 'john@example.com' }],
    ['DELETE', '/api/users/me', { current_password: 'wrong password' }],
    ['POST', '/api/mentorships', { mentor: 'mike' }],
    ['PATCH', '/api/mentorships/1', { status: 'active' }],
  ] as const
).map(([method, url, good]) => ({ route: `${method} ${url}`, method, url, good }));
type Route = (typeof routes)[number];

/** Sends a token everywhere: public routes ignore it. */
const send = ({ method, url }: Route, call: Call) => api.call(method, url, { ...call, token: john.access });
const fieldsOf = (body: unknown) => ((body as { errors?: { field: string }[] }).errors ?? []).map(({ field }) => field);

type Schema = { type?: string | string[]; items?: Schema; properties?: Record<string, Schema> };
const fieldsOfRoute = ({ url, method }: Route): [string, Schema][] => {
  const path = url.replace(/\d$/, '{id}');
  const { schema } = api.document.paths[path]![method.toLowerCase()]!.requestBody!.content['application/json'];
  return Object.entries(schema.properties ?? {});
};
const typesOf = ({ type }: Schema): string[] => [type ?? []].flat();

const values: Record<string, unknown> = {
  string: 'text',
  integer: 7,
  number: 1.5,
  boolean: true,
  null: null,
  array: ['text'],
  object: { a: 'text' },
};

describe('a wrong type', () => {
  const cases = routes.flatMap((route) =>
    fieldsOfRoute(route).flatMap(([field, schema]) =>
      Object.entries(values)
        .filter(([type]) => !typesOf(schema).includes(type))
        .map(([type, value]) => ({ route: route.route, field, type, to: route, value })),
    ),
  );

  test.each(cases)('$route: $field as $type', async ({ to, field, value }) => {
    const answer = await send(to, { body: { ...to.good, [field]: value } });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ code: 'wrong_type' }] },
    });
    expect(fieldsOf(answer.body)).toEqual([field]);
  });

  test.each(routes)('$route: every field at once', async (to) => {
    const fields = fieldsOfRoute(to);
    const wrong = fields.map(([name, schema]) => [name, typesOf(schema).includes('string') ? 1 : 'text']);
    const answer = await send(to, { body: Object.fromEntries(wrong) });
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer.body).toSorted()).toEqual(fields.map(([name]) => name).toSorted());
  });

  test.each([null, 1, true, {}, [], ['mike']].map((item) => [item]))('a mentee that is %j', async (item) => {
    for (const to of routes.filter(({ route }) => route.startsWith('PATCH /api/users/'))) {
      const answer = await send(to, { body: { mentees: ['mike', item] } });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'mentees.1', code: 'wrong_type' }] } });
    }
  });
});

describe('malformed text', () => {
  const ill = {
    'a lone high surrogate': '\ud800',
    'a lone low surrogate': '\udfff',
    'half an emoji at the end': 'john\ud83d',
    'a pair the wrong way round': 'a\udc00\ud800b',
    NUL: '\0',
    'NUL within': 'jo\0hn@example.com',
  };
  const cases = routes.flatMap((route) =>
    fieldsOfRoute(route)
      .filter(([, schema]) => typesOf(schema).includes('string') || schema.items)
      .flatMap(([field, schema]) =>
        Object.entries(ill).map(([what, text]) => ({
          route: route.route,
          field,
          what,
          text,
          to: route,
          list: !!schema.items,
        })),
      ),
  );

  test.each(cases)('$route: $field with $what', async ({ to, field, text, list }) => {
    // Long enough for every field, so that only the text is invalid, not its length.
    const value = field === 'password' ? `${text}12345678` : text;
    const answer = await send(to, { body: { ...to.good, [field]: list ? [value] : value } });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(fieldsOf(answer.body)).toEqual([list ? `${field}.0` : field]);
  });
});

/** Fields that allow any text. */
const freeText = ['password', 'bio', 'message', 'reason'];

describe('control and invisible characters', () => {
  const invisible = [
    '\u0001',
    'a\u001b[31mb',
    '\u007f',
    '\u0085',
    'a\u200bb',
    '\u202ejohn',
    '\ufffe',
    '\u{e0001}',
    'a\ufeff\u2028b',
  ];
  const cases = routes.flatMap((route) =>
    fieldsOfRoute(route)
      .filter(([field, schema]) => typesOf(schema).includes('string') && !freeText.includes(field))
      .map(([field]) => ({ route: route.route, field, to: route })),
  );

  test.each(cases)('$route: $field', async ({ to, field }) => {
    for (const text of invisible) {
      const answer = await send(to, { body: { ...to.good, [field]: text } });
      expect([400, 401]).toContain(answer.status);
      const named = { 'POST /api/login': [], 'POST /api/token/refresh': [] }[to.route] ?? [field];
      expect({ text, fields: fieldsOf(answer.body) }).toEqual({ text, fields: named });
    }
  });
});

describe('an unknown field', () => {
  const keys = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'is_admin',
    'Username',
    'EMAIL',
    'a.b',
    'a/b',
    'a~b',
    ' ',
    '$where',
    'k\0',
    'ключ',
    '\ud800',
    '🙂',
    'k'.repeat(10_000),
  ];
  const cases = routes.flatMap((to) => keys.map((key) => ({ route: to.route, key, to })));

  test.each(cases)('$route: $key', async ({ to, key }) => {
    for (const value of ['1', 'null', '{"isAdmin":true}']) {
      const payload = `{${JSON.stringify(key)}:${value},${JSON.stringify(to.good).slice(1)}`;
      const answer = await send(to, { payload });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: key, code: 'unknown_field' }] } });
      expect(fieldsOf(answer.body)).toHaveLength(1);
    }
  });

  test.each(routes)(
    '$route: "", and a thousand unknown fields, of which the problem names the first hundred',
    async (to) => {
      expect(await send(to, { body: { ...to.good, '': 1 } })).toMatchObject({ status: 400 });
      const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field-${index}`, index]));
      const answer = await send(to, { body: { ...to.good, ...many } });
      expect(answer.status).toBe(400);
      expect(fieldsOf(answer.body)).toHaveLength(100);
    },
  );
});

describe('a body that is not a JSON object', () => {
  const [a, b] = [Buffer.from('{"username":"john'), Buffer.from('","password":"12345678"}')];
  const around = (...bytes: number[]) => Buffer.concat([a, Buffer.from(bytes), b]);
  const bodies: Record<string, string | Buffer> = {
    'only white space': ' \n',
    'an open brace': '{',
    'an open bracket': '[',
    'an open string': '{"username":"john',
    'no value': '{"username":}',
    'a comma too many': '{"username":"john",}',
    'two objects': '{"username":"john"}{"password":"12345678"}',
    'single quotes': "{'username':'john'}",
    'bare keys': '{username:"john"}',
    'a comment': '{"username":"john"/* */}',
    'a line feed in a string': '{"username":"jo\nhn"}',
    'a bad escape': '{"username":"\\x"}',
    'half an escape': '{"username":"\\ud8"}',
    NaN: 'NaN',
    undefined: 'undefined',
    'a form': 'username=john&password=12345678',
    XML: '<username>john</username>',
    NUL: '\0',
    'UTF-16': Buffer.from('\ufeff{"username":"john","password":"12345678"}', 'utf16le'),
    gzip: gzipSync('{"username":"john","password":"12345678"}'),
    'a byte that is not UTF-8': around(0xff),
    'a sequence cut short': around(0xe2, 0x82),
    'an overlong NUL': around(0xc0, 0x80),
    'a surrogate in UTF-8': around(0xed, 0xa0, 0x80),
    'beyond Unicode': around(0xf4, 0x90, 0x80, 0x80),
    'deep open arrays': '['.repeat(60_000),
    'deep open objects': '{"a":'.repeat(12_000),
    'a password in it': '{"password":"12345678"',
  };
  const wrong: Record<string, string> = {
    null: 'null',
    true: 'true',
    'a number': '1',
    'a string': '"username"',
    'an array': '[]',
    'an array of objects': '[{"username":"john","password":"12345678"}]',
    'deep arrays': '['.repeat(30_000) + ']'.repeat(30_000),
  };
  const of = (cases: Record<string, string | Buffer>) =>
    routes.flatMap((to) => Object.entries(cases).map(([what, payload]) => ({ route: to.route, what, payload, to })));

  test.each(of(bodies))('$route: $what', async ({ to, payload }) => {
    const answer = await send(to, { payload });
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
    expect(answer.text).not.toContain('12345678');
  });

  test.each(of(wrong))('$route: $what', async ({ to, payload }) => {
    const answer = await send(to, { payload });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ field: 'body', code: 'wrong_type' }] },
    });
  });

  test.each(routes)('$route: an empty body', async (to) => {
    for (const headers of [
      {},
      { 'content-type': 'application/json' },
      { 'content-type': 'application/json', 'content-length': '0' },
    ])
      expect((await send(to, { headers })).status).toBe(400);
  });

  test.each(routes)('$route: deeply nested values', async (to) => {
    const [field] = fieldsOfRoute(to)[0]!;
    for (const deep of ['['.repeat(30_000) + ']'.repeat(30_000), '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)])
      for (const key of [field, 'unknown'])
        expect(await send(to, { payload: `{"${key}":${deep}}` })).toMatchObject({ status: 400 });
  });

  test.each(routes)('$route: numbers out of range', async (to) => {
    const [field] = fieldsOfRoute(to)[0]!;
    for (const number of ['1e400', '-1e400', '1'.repeat(5000), '-0', '1e-400'])
      expect(await send(to, { payload: `{"${field}":${number}}` })).toMatchObject({ status: 400 });
  });

  test.each(routes)('$route: missing required fields', async (to) => {
    const answer = await send(to, { body: {} });
    expect(answer.status).toBe(to.route.startsWith('PATCH /api/users/') ? 200 : 400);
    const required: Record<string, string[]> = {
      'POST /api/registration': ['username', 'password'],
      'POST /api/login': ['username', 'password'],
      'POST /api/token/refresh': ['refresh'],
      'POST /api/logout': ['refresh'],
      'DELETE /api/users/me': ['current_password'],
      'POST /api/mentorships': ['mentor'],
      'PATCH /api/mentorships/1': ['status'],
    };
    expect(fieldsOf(answer.body).toSorted()).toEqual((required[to.route] ?? []).toSorted());
  });

  test.each(routes)('$route: ignores a byte order mark, as RFC 8259 allows', async (to) => {
    const [with_, without] = await Promise.all(
      [`\ufeff`, ''].map((mark) => send(to, { payload: mark + JSON.stringify({ x: 1 }) })),
    );
    expect(with_?.body).toEqual(without?.body);
  });
});

describe('a body of the wrong size or type', () => {
  test.each(routes)('$route: more than 64 KiB is a 413', async (to) => {
    for (const size of [64 * 1024 + 1, 2 ** 20])
      for (const payload of [' '.repeat(size), JSON.stringify({ ...to.good, email: 'x'.repeat(size) }).slice(-size)])
        expect(await send(to, { payload })).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  });

  test.each(routes)('$route: accepts a body of 64 KiB', async (to) => {
    const answer = await send(to, { payload: `${' '.repeat(64 * 1024 - 7)}{"x":1}` });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  const types = [
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonx',
    'application/problem+json',
    'application/json-patch+json',
    'application/octet-stream',
    '*/*',
    'json',
    'garbage;;;',
    'text/plain; application/json',
    'x'.repeat(5000),
  ];
  test.each(routes.flatMap((to) => types.map((type) => ({ route: to.route, type, to }))))(
    '$route: $type is a 415',
    async ({ to, type }) => {
      const answer = await send(to, { payload: JSON.stringify(to.good), headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
    },
  );
});

describe('a malformed id', () => {
  const never = [
    '0',
    '-1',
    '1e9',
    '1.0',
    '01',
    '+1',
    '0x1',
    '1_0',
    'abc',
    'ME',
    'null',
    'undefined',
    'NaN',
    'Infinity',
    '%00',
    '1%00',
    '%20',
    '1%20',
    '%0a1',
    '1%2F',
    '1%2F2',
    '..%2F1',
    '%F0%9F%98%80',
    '%D9%A1',
    '%EF%BC%91',
    '1;drop',
    `1'--`,
    '*',
    '{id}',
    ':id',
    '__proto__',
    'constructor',
    '2147483648',
    '4294967297',
    '9007199254740992',
    '9007199254740993',
    '9223372036854775808',
    '18446744073709551617',
    '1'.repeat(100),
    '1'.repeat(101),
    'a'.repeat(5000),
  ];
  const unknown = ['3', '1000000000', '2147483647'];

  test.each([...never, ...unknown])('%.40s cannot be viewed', async (id) => {
    const answer = await api.call('GET', `/api/users/${id}`, { token: john.access });
    expect(answer.status).toBe(404);
    expect(['user_not_found', 'not_found']).toContain((answer.body as { code: string }).code);
  });

  test.each(never)('%.40s cannot be changed', async (id) => {
    const answer = await api.call('PATCH', `/api/users/${id}`, {
      token: john.access,
      body: { email: 'x@example.com' },
    });
    expect([403, 404]).toContain(answer.status);
  });

  test.each(['%zz', '%', '%ff', '%E0%A4', '%ED%A0%80'])('%s is not a URL', async (id) => {
    for (const method of ['GET', 'PATCH'] as const)
      expect([400, 404]).toContain(
        (await api.call(method, `/api/users/${id}`, { token: john.access, body: {} })).status,
      );
  });
});

describe('an invalid query', () => {
  const cursor = (text: string) => Buffer.from(text).toString('base64url');
  const queries: Record<string, string[]> = {
    // oxfmt-ignore
    limit: [
      '', '0', '-1', '1001', '10000000000000000000000', '1e3', '1.5', 'abc', '%00', '%zz', '+1', '%201', '1%20', '01', '0x10',
      '%EF%BC%91', 'NaN', 'null', 'true', '[]', '1,2', '1;2', '1'.repeat(5000),
    ],
    // oxfmt-ignore
    cursor: [
      '', '1', 'abc', '!!!', '%00', '%zz', '%F0%9F%98%80', '..%2F..%2Fetc', 'x'.repeat(5000), `${cursor('after:1')}=`,
      `${cursor('after:1')}%20`, Buffer.from([0xff, 0xfe]).toString('base64url'),
    ],
    mentor: ['%00', 'john%00'],
  };
  // oxfmt-ignore
  const positions = [
    '1', 'after:', 'after:0', 'after:-1', 'after:1e3', 'after:abc', 'after:01', 'after: 1', 'before:1', 'after:2147483648',
    'after:9007199254740993', 'after:1;drop', 'after:1\0', 'after:after:1',
  ];
  queries['cursor']?.push(...positions.map(cursor));
  const cases = Object.entries(queries).flatMap(([field, texts]) => texts.map((text) => ({ field, text })));
  const list = (query: string) => api.call('GET', `/api/users?${query}`, { token: john.access });

  test.each(cases)('$field=$text', async ({ field, text }) => {
    const answer = await list(`${field}=${text}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(fieldsOf(answer.body)).toEqual([field]);
  });

  test.each(Object.keys(queries))('rejects %s sent twice', async (field) => {
    for (const query of [`${field}=1&${field}=1`, `${field}=john&${field}=mike`, `${field}&${field}`])
      expect(fieldsOf((await list(query)).body)).toEqual([field]);
  });

  test.each([
    'page',
    'offset',
    'Limit',
    'limit[]',
    'limit[gt]',
    '__proto__',
    'constructor',
    'toString',
    '%00',
    'access_token',
  ])('rejects the unknown parameter %s', async (name) => {
    const answer = await list(`${name}=1`);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: 'unknown_field' }] } });
    expect(fieldsOf(answer.body)).toEqual([decodeURIComponent(name)]);
  });

  test('names all invalid parameters at once', async () => {
    const { body } = await list('limit=0&cursor=x&mentor=%00&page=1');
    expect(fieldsOf(body).toSorted()).toEqual(['cursor', 'limit', 'mentor', 'page']);
  });

  test.each([
    'limit=1',
    'limit=1000',
    `cursor=${cursor('after:2147483647')}`,
    'mentor=%zz',
    `mentor=' or 1=1 --`.replaceAll(' ', '%20'),
  ])('accepts %s', async (query) => {
    expect(await list(query)).toMatchObject({ status: 200 });
  });
});
