import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, Method, Tokens } from '../../support/http/client.ts';
import {
  foreignKey,
  hmacWith,
  type Key,
  publishedKey,
  readToken,
  segment,
  signWith,
  spellingsOf,
  type Token,
} from '../../support/http/forge.ts';
import { securedOperationsOf } from '../../support/http/openapi.ts';
import { startOnSqlite } from '../../support/http/service.ts';
import { manualClock } from '../../support/manual-clock.ts';

const clock = manualClock();
const { api, store, stop } = await startOnSqlite({ clock });
const john: Account = await api.join('john');
const alice: Account = await api.join('alice');
const ended: Tokens = await api.logIn('john');
const own = await publishedKey(store, clock);
const foreign = foreignKey();
const { keys } = (await api.call('GET', '/.well-known/jwks.json')).body as { keys: [{ x: string; kid: string }] };

let events: number;
beforeAll(async () => {
  await api.call('POST', '/api/logout', { token: ended.access, body: { refresh: ended.refresh } });
  events = ((await api.call('GET', '/api/users/me/events', { token: john.access })).body as unknown[]).length;
});
afterAll(stop);

const types = ['access', 'refresh'] as const;
type TokenType = (typeof types)[number];

/** A valid token of the type, and its parts. */
interface Context extends Token {
  type: TokenType;
  other: TokenType;
  token: string;
  now: number;
  lifetime: number;
}
const contextOf = (type: TokenType): Context => ({
  ...readToken(john[type]),
  type,
  other: type === 'access' ? 'refresh' : 'access',
  token: john[type],
  now: Math.floor(clock.now() / 1000),
  lifetime: type === 'access' ? 20 * 60 : 60 * 60,
});

type Attack = (context: Context) => string;
type Attacks = Record<string, Attack>;

/** Signed with a published key, so that only the changes can be rejected. */
const published = (header: object, claims: object, key: Key = own): Attack => {
  return (good) => signWith(key.privateKey, { ...good.header, kid: key.kid, ...header }, { ...good.claims, ...claims });
};
const header = (changes: object) => published(changes, {});
const claims = (changes: object) => published({}, changes);
const without = (part: keyof Token, name: string): Attack => {
  return (good) => {
    const { [name]: _, ...rest } = good[part];
    const forged = { header: { ...good.header, kid: own.kid }, claims: good.claims, [part]: rest };
    if (part === 'header' && name !== 'kid') forged.header = { ...rest, kid: own.kid };
    return signWith(own.privateKey, forged.header, forged.claims);
  };
};
const each = <Value>(values: Value[], name: (value: Value) => string, attack: (value: Value) => Attack): Attacks =>
  Object.fromEntries(values.map((value) => [name(value), attack(value)]));
const describeValue = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 40);

/** Flips one bit of one part. */
const tampered = (part: 0 | 1 | 2, byte: number): Attack => {
  return ({ token }) => {
    const parts = token.split('.').map((text) => Buffer.from(text, 'base64url'));
    const bytes = parts[part]!;
    bytes.writeUInt8(bytes.readUInt8(byte % bytes.length) ^ 1, byte % bytes.length);
    return parts.map((each) => each.toString('base64url')).join('.');
  };
};
const parts = ({ token }: Context) => token.split('.') as [string, string, string];

const attacks: Record<string, Attacks> = {
  form: {
    nothing: () => '',
    ...each(
      ['garbage', '.', '..', '...', 'a.b', 'a.b.c', 'null', 'undefined', '[object Object]', '{}'],
      describeValue,
      (text) => () => text,
    ),
    'ten thousand characters': () => 'x'.repeat(10_000),
    'five thousand dots': () => '.'.repeat(5000),
    'no signature': (good) => parts(good).slice(0, 2).join('.'),
    'an empty signature': (good) => `${parts(good).slice(0, 2).join('.')}.`,
    'half a signature': ({ token }) => token.slice(0, -43),
    'a signature cut by a letter': ({ token }) => token.slice(0, -1),
    'a letter more': ({ token }) => `${token}A`,
    padding: ({ token }) => `${token}==`,
    'a fourth part': ({ token }) => `${token}.${segment('x')}`,
    'five parts': ({ token }) => `${token}.x.y`,
    'a space within': (good) => parts(good).join(' .'),
    twice: ({ token }) => `${token},${token}`,
    'in capitals': ({ token }) => token.toUpperCase(),
    quoted: ({ token }) => `"${token}"`,
    'other spare bits in the signature': ({ token }) => {
      const last = token.at(-1)!;
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      return token.slice(0, -1) + alphabet[alphabet.indexOf(last) ^ 1]!;
    },
    'the other base64': ({ token }) => `+/${token}`,
  },
  tampering: {
    ...each(
      [0, 5, 20, 40, 60],
      (byte) => `header, byte ${byte}`,
      (byte) => tampered(0, byte),
    ),
    ...each(
      [0, 1, 17, 40, 80, 120, 160],
      (byte) => `payload, byte ${byte}`,
      (byte) => tampered(1, byte),
    ),
    ...each(
      [0, 31, 32, 63],
      (byte) => `signature, byte ${byte}`,
      (byte) => tampered(2, byte),
    ),
    'a later exp': (good) => {
      const [head, , signature] = parts(good);
      return `${head}.${segment({ ...good.claims, exp: good.now + 1200 + 1 })}.${signature}`;
    },
    'another user': (good) => {
      const [head, , signature] = parts(good);
      return `${head}.${segment({ ...good.claims, user_id: alice.id, sub: String(alice.id) })}.${signature}`;
    },
    'the signature of another token': (good) => {
      const [head, payload] = parts(good);
      return `${head}.${payload}.${john[good.other].split('.')[2]}`;
    },
    'the payload of someone else’s token': (good) => {
      const [head, , signature] = parts(good);
      return `${head}.${alice[good.type].split('.')[1]}.${signature}`;
    },
  },
  type: {
    'the other type': ({ other }) => john[other],
    'the other type’s typ': (good) => published({ typ: readToken(john[good.other]).header['typ'] }, {})(good),
    'the other type’s token_type': (good) => published({}, { token_type: good.other })(good),
    'the other type’s typ and lifetime, this token_type': (good) =>
      published(
        { typ: readToken(john[good.other]).header['typ'] },
        { exp: readToken(john[good.other]).claims['exp'], token_type: good.type },
      )(good),
    ...each(
      ['JWT', 'jwt', '', 'at+jwt,rt+jwt', null, 1, ['at+jwt'], {}],
      (typ) => `typ ${describeValue(typ)}`,
      (typ) => header({ typ }),
    ),
    'no typ': without('header', 'typ'),
  },
  algorithm: {
    ...each(
      ['none', 'None', 'NONE', 'nOnE', ''],
      (alg) => `${describeValue(alg)} without a signature`,
      (alg) => (good) => `${segment({ ...good.header, alg })}.${segment(good.claims)}.`,
    ),
    ...each(
      ['none', 'NONE'],
      (alg) => `${alg} with the good signature`,
      (alg) => (good) => `${segment({ ...good.header, alg })}.${parts(good).slice(1).join('.')}`,
    ),
    ...each(
      [
        'none',
        'HS256',
        'RS256',
        'ES256',
        'PS256',
        'eddsa',
        'EdDSA ',
        'Ed25519',
        'Ed448',
        null,
        0,
        ['EdDSA'],
        { EdDSA: 1 },
      ],
      (alg) => `${describeValue(alg)} in the header of a good signature`,
      (alg) => header({ alg }),
    ),
    'no alg': without('header', 'alg'),
    ...Object.fromEntries(
      ['HS256', 'EdDSA'].flatMap((alg) =>
        Object.entries(spellingsOf(keys[0])).map(([what, secret]): [string, Attack] => [
          `an HMAC with ${what} of the public key as ${alg}`,
          (good) => hmacWith(secret, { ...good.header, alg }, good.claims),
        ]),
      ),
    ),
  },
  key: {
    'a foreign key under our kid': (good) => signWith(foreign.privateKey, good.header, good.claims),
    'a foreign key under an unpublished kid': published(
      {},
      {},
      { kid: 'A'.repeat(43), privateKey: foreign.privateKey },
    ),
    'a foreign key in the jwk header': (good) =>
      signWith(foreign.privateKey, { ...good.header, jwk: foreign.jwk }, good.claims),
    'a foreign key in the jwk header without a kid': (good) =>
      signWith(foreign.privateKey, { ...good.header, kid: undefined, jwk: foreign.jwk }, good.claims),
    'a foreign key at a jku': (good) =>
      signWith(
        foreign.privateKey,
        { ...good.header, jku: 'http://127.0.0.1:9/jwks.json', x5u: 'http://127.0.0.1:9/' },
        good.claims,
      ),
    'another published key': (good) => signWith(own.privateKey, good.header, good.claims),
    'an unknown kid of the right form': header({ kid: 'x'.repeat(43) }),
    'no kid': without('header', 'kid'),
    ...each(
      [
        null,
        0,
        1,
        -1,
        1.5,
        true,
        {},
        [],
        [own.kid],
        { kid: own.kid },
        '',
        ' ',
        'default',
        '0',
        `${own.kid}A`,
        own.kid.slice(1),
      ],
      (kid) => `kid ${describeValue(kid)}`,
      (kid) => header({ kid }),
    ),
    ...each(
      [
        '../../../../dev/null',
        '/etc/passwd',
        'file:///dev/null',
        `' OR 1=1 --`,
        `' UNION SELECT 'x`,
        '__proto__',
        'constructor',
      ],
      (kid) => `kid ${kid}`,
      (kid) => header({ kid }),
    ),
    'kid with NUL': header({ kid: `${own.kid}\0` }),
    'kid with a lone surrogate': header({ kid: '\ud800'.repeat(43) }),
    'kid with a line feed': header({ kid: `${own.kid}\n` }),
    'kid of 10 KB': header({ kid: 'k'.repeat(10_000) }),
    'an unknown critical extension': header({ crit: ['x-strict'], 'x-strict': true }),
  },
  claims: {
    ...Object.fromEntries(
      ['iss', 'aud', 'sub', 'sid', 'user_id', 'token_type', 'jti', 'iat', 'exp'].flatMap((name) => [
        [`no ${name}`, without('claims', name)] as const,
        ...[null, '', true, {}, [], ['mentorship'], -1, 0, 1.5, 'mentorship '].map(
          (value) => [`${name} ${describeValue(value)}`, claims({ [name]: value })] as const,
        ),
      ]),
    ),
    ...each(
      ['1', 1.000001, 2 ** 31, 2 ** 53, [1]],
      (value) => `user_id ${describeValue(value)}`,
      (user_id) => claims({ user_id }),
    ),
    ...each(
      ['0', -1, 0.5, null, true, [0], 2 ** 53],
      (value) => `generation ${describeValue(value)}`,
      (generation) => claims({ generation }),
    ),
    'someone else’s user_id': claims({ user_id: alice.id }),
    'someone else’s sub': claims({ sub: String(alice.id) }),
    'sub 01': claims({ sub: '01' }),
    'sub as a number': claims({ sub: 1 }),
    'a sid of 10 KB': claims({ sid: 's'.repeat(10_000) }),
    'iss of another': claims({ iss: 'https://example.com' }),
    'aud of another': claims({ aud: 'others' }),
    'exp as text': ({ now, ...good }) => claims({ exp: String(now + 60) })({ now, ...good }),
    'exp a second ago': ({ now, lifetime, ...good }) =>
      claims({ iat: now - lifetime - 1, exp: now - 1 })({ now, lifetime, ...good }),
    'exp now': ({ now, lifetime, ...good }) => claims({ iat: now - lifetime, exp: now })({ now, lifetime, ...good }),
    'a second more than the lifetime': ({ now, lifetime, ...good }) =>
      claims({ exp: now + lifetime + 1 })({ now, lifetime, ...good }),
    'a lifetime of a century': ({ now, ...good }) => claims({ exp: now + 3_155_760_000 })({ now, ...good }),
    'exp in milliseconds': ({ now, ...good }) => claims({ exp: (now + 60) * 1000 })({ now, ...good }),
    'iat 61 s ahead': ({ now, ...good }) => claims({ iat: now + 61, exp: now + 120 })({ now, ...good }),
    'iat a day ahead': ({ now, ...good }) => claims({ iat: now + 86_400, exp: now + 86_460 })({ now, ...good }),
    'iat a century ago': claims({ iat: 0 }),
    ...each(
      ['[]', '1', 'null', '"text"', 'true', '', '{', '[{}]'],
      (text) => `the payload ${describeValue(text)}`,
      (text) => (good) => signWith(own.privateKey, { ...good.header, kid: own.kid }, text),
    ),
    ...each(
      ['[]', '1', 'null', '"text"', '{', ''],
      (text) => `the header ${describeValue(text)}`,
      (text) => (good) => signWith(own.privateKey, text, good.claims),
    ),
    'exp out of range': (good) =>
      signWith(
        own.privateKey,
        { ...good.header, kid: own.kid },
        JSON.stringify(good.claims).replace(/"exp":\d+/, '"exp":1e999'),
      ),
  },
};
// Any text is a valid jti. As a sid it names a session that does not exist.
for (const name of ['jti', 'sid']) delete attacks['claims']?.[`${name} "mentorship "`];

/** Well signed and well formed, but their session does not exist or has ended. */
const sessionless: Attacks = {
  'an ended session': claims({ sid: readToken(ended.access).claims['sid'] }),
  'an unknown session': claims({ sid: 'unknown' }),
  'someone else’s session': claims({ sid: readToken(alice.access).claims['sid'] }),
  'a session of another user': claims({ user_id: alice.id, sub: String(alice.id) }),
  'a session of an unknown user': claims({ user_id: 999, sub: '999' }),
  'a session with SQL in its id': claims({ sid: `' OR '1'='1` }),
};

const guarded = securedOperationsOf(api.document).map(({ method, path }) => ({
  method: method as Method,
  // Ids that exist: john's own, and one of his open sessions.
  url: path.replace('/sessions/{id}', `/sessions/${String(readToken(john.access).claims['sid'])}`).replace('{id}', '1'),
}));
const body = { refresh: john.refresh };

const expectRejected = async (type: TokenType, token: string) => {
  if (type === 'access') {
    const answers = await Promise.all(guarded.map(({ method, url }) => api.call(method, url, { token, payload: '{' })));
    for (const answer of answers)
      expect(answer).toMatchObject({
        status: 401,
        headers: {
          'www-authenticate': expect.stringMatching(
            token === '' ? /^Bearer$/ : /^Bearer error="invalid_token"/,
          ) as string,
        },
        body: { code: token === '' ? 'not_authenticated' : 'token_not_valid' },
      });
    return;
  }
  const [refreshed, loggedOut] = await Promise.all([
    api.call('POST', '/api/token/refresh', { body: { refresh: token } }),
    api.call('POST', '/api/logout', { token: john.access, body: { refresh: token } }),
  ]);
  expect(refreshed).toMatchObject({ status: 401, body: { code: 'token_not_valid' } });
  expect(loggedOut).toMatchObject({ status: 400, body: { code: 'token_not_valid', errors: [{ field: 'refresh' }] } });
};

const expectStillGood = async () => {
  expect(await api.call('GET', '/api/users/me', { token: john.access })).toMatchObject({
    status: 200,
    body: { id: john.id },
  });
  expect(await api.call('POST', '/api/token/refresh', { body })).toMatchObject({ status: 200 });
  // No other session and no security event has changed.
  const answer = await api.call('GET', '/api/users/me/events', { token: john.access });
  expect((answer.body as unknown[]).length).toBe(events);
};

describe('a token of a published key on sqlite', () => {
  test('is tried on every route that requires one', () => {
    const urls = guarded.map(({ method, url }) => `${method} ${url.replace(/[\w-]{36}/, '<own>')}`);
    expect(urls.length).toBeGreaterThanOrEqual(17);
    expect(urls).toEqual(
      expect.arrayContaining(['DELETE /api/sessions/<own>', 'GET /api/users/1', 'POST /api/logout']),
    );
  });

  test('gets no new token for a generation that was never issued', async () => {
    for (const generation of [1, 2 ** 53 - 1]) {
      const token = claims({ generation })(contextOf('refresh'));
      expect(await api.call('POST', '/api/token/refresh', { body: { refresh: token } })).toMatchObject({
        status: 401,
        body: { code: 'token_not_valid' },
      });
      await expectStillGood();
    }
  });

  test.each(types)('%s: is valid unchanged, so that each attack is rejected for its change', async (type) => {
    const token = published({}, {})(contextOf(type));
    const answer =
      type === 'access'
        ? await api.call('GET', '/api/users/me', { token })
        : await api.call('POST', '/api/token/refresh', { body: { refresh: token } });
    expect(answer.status).toBe(200);
  });

  test('ignores other claims, and accepts an iat 60 s ahead', async () => {
    const good = contextOf('access');
    for (const more of [{ name: 'x' }, { jti: 'mentorship ' }, { iat: good.now + 60, exp: good.now + 60 + 1200 }])
      expect(await api.call('GET', '/api/users/me', { token: claims(more)(good) })).toMatchObject({ status: 200 });
  });

  test('of an ended session gets no access, except for a logout that ends no session', async () => {
    const access = sessionless['an ended session']!(contextOf('access'));
    for (const { method, url } of guarded.filter(({ url }) => url !== '/api/logout'))
      expect(await api.call(method, url, { token: access })).toMatchObject({
        status: 401,
        body: { code: 'token_not_valid' },
      });
    const logOut = await api.call('POST', '/api/logout', { token: access, body: { refresh: ended.refresh } });
    expect(logOut).toMatchObject({ status: 400, body: { code: 'token_not_valid' } });
    await expectStillGood();
  });

  test.each(Object.keys(sessionless))('gets no new token for %s', async (name) => {
    await expectRejected('refresh', sessionless[name]!(contextOf('refresh')));
    await expectStillGood();
  });
});

describe.each(types)('an attack with the %s token', (type) => {
  describe.each(Object.keys(attacks))('on its %s on sqlite', (part) => {
    test.each(Object.keys(attacks[part] ?? {}))('%s', async (name) => {
      await expectRejected(type, attacks[part]![name]!(contextOf(type)));
      await expectStillGood();
    });
  });
});
