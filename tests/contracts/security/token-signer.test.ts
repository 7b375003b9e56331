import { storageUnavailable } from '@mentorship/application';
import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Store } from '@mentorship/adapters/store';
import {
  fromSeconds,
  issueClaims,
  type SigningKey,
  type TokenClaims,
  type TokenType,
  type UserId,
} from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock, minutes } from '../../support/manual-clock.ts';
import { createSigner, openJwt } from '../../support/processes/processes.ts';
import { unavailability } from '../../support/refusals.ts';
import { day, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';
import { lifetimes } from '../../support/test-application.ts';

const jwt = await openJwt();

const claimsOf = (clock: ManualClock, type: TokenType = 'access'): TokenClaims =>
  issueClaims(type, { id: 'session', userId: 7 as UserId }, { jti: 'token', now: clock.now(), lifetimes });

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const headerOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as Record<string, unknown>;

/** A key whose private key the test knows, so that it can sign any token. */
const generateKey = (clock: ManualClock) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const x = publicKey.export({ format: 'jwk' }).x!;
  const kid = createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
  const row: SigningKey = { kid, publicKey: x, createdAt: clock.now(), expiresAt: clock.now() + day };
  return { row, kid, publicKey, privateKey };
};

const forge = (header: object, payload: object, key: KeyObject): string => {
  const signed = `${base64(header)}.${base64(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
};

const publish = (store: Store, row: SigningKey) => within(store, 'signingKeys', (keys) => keys.publish(row));
const withdrawAll = (store: Store) => within(store, 'signingKeys', (keys) => keys.prune(Date.UTC(9999, 0)));

/** A key directory that counts how often it is read. */
const countReads = (store: Store) => {
  const reads = { count: 0 };
  const signingKeyDirectory = {
    list: () => {
      reads.count += 1;
      return store.signingKeyDirectory.list();
    },
  };
  return { reads, store: { ...store, signingKeyDirectory } };
};

describeOnEachStore('the token signer', (open) => {
  /** Two processes on one store. */
  const openTwo = async () => {
    const store = await open();
    const clock = manualClock(Date.now());
    const first = createSigner(store, jwt, clock);
    const second = createSigner(await store.another(), jwt, clock);
    return { store, clock, first, second };
  };

  test.each(['access', 'refresh'] as const)('signs %s tokens that every process verifies', async (type) => {
    const { clock, first, second } = await openTwo();
    const claims = claimsOf(clock, type);
    const token = await first.signer.sign(claims);
    expect(headerOf(token)).toEqual({
      alg: 'EdDSA',
      typ: { access: 'at+jwt', refresh: 'rt+jwt' }[type],
      kid: expect.any(String),
    });
    for (const { signer } of [first, second])
      for (const _ of ['checked', 'cached']) expect(await signer.verify(type, token)).toEqual(claims);
  });

  test('rejects a token of the other type, cached or not', async () => {
    const { clock, first, second } = await openTwo();
    for (const [type, other] of [
      ['access', 'refresh'],
      ['refresh', 'access'],
    ] as const) {
      const token = await first.signer.sign(claimsOf(clock, type));
      expect(await second.signer.verify(other, token)).toBeNull();
      expect(await second.signer.verify(type, token)).not.toBeNull();
      expect(await second.signer.verify(other, token)).toBeNull();
    }
  });

  test('verifies a token until it expires, cached or not', async () => {
    const { clock, first, second } = await openTwo();
    const claims = claimsOf(clock);
    const token = await first.signer.sign(claims);
    clock.advance(fromSeconds(claims.exp) - clock.now() - 1);
    expect(await first.signer.verify('access', token)).toEqual(claims);
    clock.advance(1);
    expect(await first.signer.verify('access', token)).toBeNull();
    expect(await second.signer.verify('access', token)).toBeNull();
  });

  test('publishes one key for 50 concurrent first tokens', async () => {
    const { store, clock, first } = await openTwo();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => first.signer.sign(claimsOf(clock))));
    const keys = await store.signingKeyDirectory.list();
    expect(keys).toHaveLength(1);
    expect(new Set(tokens.map((token) => headerOf(token).kid))).toEqual(new Set([keys[0]!.kid]));
  });

  test('lists the public keys of all processes as JWKs, without private keys', async () => {
    const { store, clock, first, second } = await openTwo();
    await first.signer.sign(claimsOf(clock));
    await second.signer.sign(claimsOf(clock));
    await first.keyRing.reload();
    const rows = await store.signingKeyDirectory.list();
    expect(rows).toHaveLength(2);
    expect(first.signer.publicKeys()).toHaveLength(2);
    expect(first.signer.publicKeys()).toEqual(
      expect.arrayContaining(
        rows.map(({ kid, publicKey }) => ({ kty: 'OKP', crv: 'Ed25519', x: publicKey, kid, use: 'sig', alg: 'EdDSA' })),
      ),
    );
  });

  test('queries the store at most three times for 400 concurrent unknown keys', async () => {
    const store = await open();
    const clock = manualClock(Date.now());
    const counted = countReads(store);
    const { signer } = createSigner(counted.store, jwt, clock);
    const unpublished = generateKey(clock);
    const unknown = Array.from({ length: 400 }, () => {
      const kid = randomBytes(32).toString('base64url');
      return forge({ alg: 'EdDSA', typ: 'at+jwt', kid }, claimsOf(clock), unpublished.privateKey);
    });
    const late = createSigner(store, jwt, clock);
    const known = await late.signer.sign(claimsOf(clock));
    const results = await Promise.all([...unknown, known].map(async (token) => signer.verify('access', token)));
    expect(results.filter((claims) => claims !== null)).toHaveLength(1);
    expect(counted.reads.count).toBeGreaterThan(0);
    expect(counted.reads.count).toBeLessThanOrEqual(3);
  });

  test('does not query the store for a malformed kid', async () => {
    const store = await open();
    const clock = manualClock(Date.now());
    const { reads, store: counted } = countReads(store);
    const { signer } = createSigner(counted, jwt, clock);
    const { kid, privateKey } = generateKey(clock);
    const kids = [undefined, null, '', 1, {}, [kid], `${kid}A`, kid.slice(1), ` ${kid.slice(1)}`, `${kid.slice(1)}=`];
    const more = ['../../../../etc/passwd', `' or ''='`, '__proto__', `${kid}\n`, 'x'.repeat(10_000)];
    const tokens = [...kids, ...more].map((malformed) =>
      forge({ alg: 'EdDSA', typ: 'at+jwt', kid: malformed }, claimsOf(clock), privateKey),
    );
    const garbage = [
      '',
      '.',
      '..',
      '...',
      'a.b.c',
      'token',
      '{}',
      'eyJhbGciOiJFZERTQSJ9..',
      '\0',
      '👾.👾.👾',
      'a'.repeat(50_000),
    ];
    for (const token of [...tokens, ...garbage]) expect(await signer.verify('access', token)).toBeNull();
    expect(reads.count).toBe(0);
  });

  test('finds a key published after its last reload', async () => {
    const { clock, first, second } = await openTwo();
    await second.keyRing.reload();
    const token = await first.signer.sign(claimsOf(clock));
    expect(await second.signer.verify('access', token)).not.toBeNull();
  });

  test('rejects a cached token whose time has not come, once the clock is set back', async () => {
    const { clock, first } = await openTwo();
    clock.advance(10 * 60_000);
    const token = await first.signer.sign(claimsOf(clock));
    expect(await first.signer.verify('access', token)).not.toBeNull();
    clock.advance(-10 * 60_000);
    expect(await first.signer.verify('access', token)).toBeNull();
  });

  test('rejects a cached token once its key is withdrawn', async () => {
    const { store, clock, first, second } = await openTwo();
    const token = await first.signer.sign(claimsOf(clock));
    expect(await second.signer.verify('access', token)).not.toBeNull();
    await withdrawAll(store);
    await second.keyRing.reload();
    expect(second.signer.publicKeys()).toEqual([]);
    expect(await second.signer.verify('access', token)).toBeNull();
  });

  test('publishes its key again before signing when the row was lost', async () => {
    const { store, clock, first, second } = await openTwo();
    const before = await first.signer.sign(claimsOf(clock));
    await withdrawAll(store);
    await first.keyRing.reload();
    await second.keyRing.reload();
    const after = await first.signer.sign(claimsOf(clock));
    const keys = await store.signingKeyDirectory.list();
    expect(keys.map(({ kid }) => kid)).toEqual([headerOf(after).kid]);
    expect(headerOf(after).kid).toBe(headerOf(before).kid);
    expect(await second.signer.verify('access', after)).not.toBeNull();
  });

  test('signs no token while its key cannot be published', async () => {
    const store = await open();
    const clock = manualClock(Date.now());
    let reachable = false;
    const storage: Store['storage'] = {
      ...store.storage,
      atomically: (work) => (reachable ? store.storage.atomically(work) : Promise.reject(storageUnavailable())),
    };
    const { signer } = createSigner({ ...store, storage }, jwt, clock);
    await expect(signer.sign(claimsOf(clock))).rejects.toMatchObject(unavailability('storage_unavailable'));
    expect(signer.publicKeys()).toEqual([]);
    reachable = true;
    expect(await signer.verify('access', await signer.sign(claimsOf(clock)))).not.toBeNull();
  });

  test('keeps verifying with the loaded keys while the store does not answer', async () => {
    const store = await open();
    const clock = manualClock(Date.now());
    const token = await createSigner(store, jwt, clock).signer.sign(claimsOf(clock));
    let reachable = true;
    const signingKeyDirectory: Store['signingKeyDirectory'] = {
      list: () => (reachable ? store.signingKeyDirectory.list() : Promise.reject(storageUnavailable())),
    };
    const { signer, keyRing } = createSigner({ ...store, signingKeyDirectory }, jwt, clock);
    await keyRing.reload();
    reachable = false;
    await expect(keyRing.reload()).rejects.toMatchObject(unavailability('storage_unavailable'));
    expect(await signer.verify('access', token)).not.toBeNull();

    const late = await createSigner(store, jwt, clock).signer.sign(claimsOf(clock));
    await expect(signer.verify('access', late)).rejects.toMatchObject(unavailability('storage_unavailable'));
    reachable = true;
    expect(await signer.verify('access', late)).not.toBeNull();
  });

  test('generates a new key after 24 hours, and no token that outlives its key', async () => {
    const { store, clock, first, second } = await openTwo();
    const kids: unknown[] = [];
    const signNow = async () => {
      for (const type of ['refresh', 'access'] as const) {
        const claims = claimsOf(clock, type);
        const token = await first.signer.sign(claims);
        const { kid } = headerOf(token);
        const row = (await store.signingKeyDirectory.list()).find((each) => each.kid === kid)!;
        expect(row.expiresAt).toBeGreaterThanOrEqual(fromSeconds(claims.exp) + minutes(1));
        expect(clock.now()).toBeLessThan(row.createdAt + day);
        expect(await second.signer.verify(type, token)).toEqual(claims);
        kids.push(kid);
      }
    };
    await signNow();
    clock.advance(day - 1);
    await signNow();
    expect(new Set(kids).size).toBe(1);
    clock.advance(1);
    await signNow();
    expect(new Set(kids).size).toBe(2);
    for (let steps = 0; steps < 12; steps++) {
      clock.advance(minutes(397));
      await signNow();
    }
    expect(new Set(kids).size).toBe(5);
  });

  test('uses the published expiry of its key, not the one in memory', async () => {
    const { store, clock, first } = await openTwo();
    const { kid } = headerOf(await first.signer.sign(claimsOf(clock)));
    const row = (await store.signingKeyDirectory.list()).find((each) => each.kid === kid)!;
    await store.storage.atomically(({ signingKeys }) => signingKeys.prune(row.expiresAt + 1));
    await publish(store, { ...row, expiresAt: clock.now() + 30_000 });
    await first.keyRing.reload();
    const token = await first.signer.sign(claimsOf(clock));
    expect(headerOf(token).kid).not.toBe(kid);
    clock.advance(30_000);
    expect(await first.signer.verify('access', token)).not.toBeNull();
  });

  test('keeps the row of an expired key for a day, but rejects its tokens', async () => {
    const { store, clock, first, second } = await openTwo();
    const old = generateKey(clock);
    await publish(store, old.row);
    const token = () => forge({ alg: 'EdDSA', typ: 'at+jwt', kid: old.kid }, claimsOf(clock), old.privateKey);
    clock.advance(day - 1);
    expect(await second.signer.verify('access', token())).not.toBeNull();
    const last = token();
    expect(await second.signer.verify('access', last)).not.toBeNull();
    clock.advance(1);
    expect(await second.signer.verify('access', last)).toBeNull();
    expect(await first.signer.verify('access', token())).toBeNull();
    expect(first.signer.publicKeys()).toEqual([]);

    const isThere = async () => (await store.signingKeyDirectory.list()).some(({ kid }) => kid === old.kid);
    clock.advance(day);
    await first.signer.sign(claimsOf(clock));
    expect(await isThere()).toBe(true);
    clock.advance(day + 1);
    await first.signer.sign(claimsOf(clock));
    expect(await isThere()).toBe(false);
  });

  test('computes the kid from the key, not from the kid of the row', async () => {
    const { store, clock, first } = await openTwo();
    const key = generateKey(clock);
    const claimed = generateKey(clock).kid;
    await publish(store, { ...key.row, kid: claimed });
    await first.keyRing.reload();
    const named = (kid: string) => forge({ alg: 'EdDSA', typ: 'at+jwt', kid }, claimsOf(clock), key.privateKey);
    expect(await first.signer.verify('access', named(claimed))).toBeNull();
    expect(await first.signer.verify('access', named(key.kid))).not.toBeNull();
    expect(first.signer.publicKeys().map(({ kid }) => kid)).toEqual([key.kid]);
  });

  test('ignores rows without a valid key', async () => {
    const { store, clock, first, second } = await openTwo();
    for (const publicKey of ['', 'no key', 'AAAA', 'A'.repeat(44)])
      await publish(store, { ...generateKey(clock).row, publicKey });
    const token = await first.signer.sign(claimsOf(clock));
    expect(await second.signer.verify('access', token)).not.toBeNull();
    await first.keyRing.reload();
    expect(await first.signer.verify('access', token)).not.toBeNull();
    expect(second.signer.publicKeys()).toHaveLength(1);
  });

  describe('rejects', () => {
    /** A process, a published key whose private key the test knows, and a valid token of that key. */
    const openWithKey = async () => {
      const store = await open();
      const clock = manualClock(Date.now());
      const key = generateKey(clock);
      await publish(store, key.row);
      const { signer } = createSigner(store, jwt, clock);
      const header = { alg: 'EdDSA', typ: 'at+jwt', kid: key.kid };
      const claims = claimsOf(clock);
      const valid = forge(header, claims, key.privateKey);
      expect(await signer.verify('access', valid)).toEqual(claims);
      return { signer, clock, key, header, claims, valid };
    };

    test('alg none, with and without a signature', async () => {
      const { signer, header, claims, valid } = await openWithKey();
      const signature = valid.split('.')[2]!;
      for (const alg of ['none', 'None', 'NONE', '', null, undefined])
        for (const end of ['', signature, 'AA'])
          expect(await signer.verify('access', `${base64({ ...header, alg })}.${base64(claims)}.${end}`)).toBeNull();
      expect(await signer.verify('access', valid.split('.').slice(0, 2).join('.'))).toBeNull();
    });

    test('HS256 signed with the public key', async () => {
      const { signer, key, header, claims } = await openWithKey();
      const der = key.publicKey.export({ format: 'der', type: 'spki' });
      const pem = key.publicKey.export({ format: 'pem', type: 'spki' });
      const x = key.row.publicKey;
      for (const secret of [x, Buffer.from(x, 'base64url'), pem, pem.trim(), der])
        for (const alg of ['HS256', 'HS512', 'EdDSA']) {
          const signed = `${base64({ ...header, alg })}.${base64(claims)}`;
          const hash = alg === 'HS512' ? 'sha512' : 'sha256';
          const token = `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
          expect(await signer.verify('access', token)).toBeNull();
        }
    });

    test('another payload or header with a valid signature', async () => {
      const { signer, header, claims, valid } = await openWithKey();
      const [head, payload, signature] = valid.split('.') as [string, string, string];
      const changed: [string, string][] = [
        [head, base64({ ...claims, user_id: 1, sub: '1' })],
        [head, base64({ ...claims, exp: claims.exp - 1 })],
        [base64({ ...header, extra: 1 }), payload],
      ];
      for (const [newHead, newPayload] of changed)
        expect(await signer.verify('access', `${newHead}.${newPayload}.${signature}`)).toBeNull();
    });

    test('a signature of another key, a missing, a truncated and an extended one', async () => {
      const { signer, clock, header, claims, valid } = await openWithKey();
      const [head, payload, signature] = valid.split('.') as [string, string, string];
      expect(await signer.verify('access', forge(header, claims, generateKey(clock).privateKey))).toBeNull();
      for (const malformed of [
        '',
        'AAAA',
        signature.slice(4),
        `${signature}AAAA`,
        `${signature}.`,
        `${signature}.${signature}`,
      ])
        expect(await signer.verify('access', `${head}.${payload}.${malformed}`)).toBeNull();
    });

    test('another encoding of a valid token', async () => {
      const { signer, valid } = await openWithKey();
      const bytesOf = (token: string) => Buffer.from(token.split('.')[2]!, 'base64url');
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const respelled = [...alphabet]
        .map((last) => valid.slice(0, -1) + last)
        .filter((token) => token !== valid && bytesOf(token).equals(bytesOf(valid)));
      expect(respelled).toHaveLength(15);
      const padded = [
        `${valid}=`,
        `${valid}==`,
        ` ${valid}`,
        `${valid}\n`,
        valid.replace('.', '=.'),
        valid.replaceAll('.', ' .'),
      ];
      for (const token of [...respelled, ...padded]) expect(await signer.verify('access', token)).toBeNull();
    });

    test.each([
      ['no typ', { typ: undefined }],
      ['the typ of any JWT', { typ: 'JWT' }],
      ['the typ of the other type', { typ: 'rt+jwt' }],
      ['a typ that is not a string', { typ: ['at+jwt'] }],
      ['an unknown kid', { kid: 'A'.repeat(43) }],
      ['another algorithm', { alg: 'ES256' }],
    ])('%s, with a valid signature', async (_what, change) => {
      const { signer, key, header, claims } = await openWithKey();
      expect(await signer.verify('access', forge({ ...header, ...change }, claims, key.privateKey))).toBeNull();
    });

    test.each<[what: string, change: (claims: TokenClaims) => object]>([
      ['the other token type', () => ({ token_type: 'refresh' })],
      ['another issuer', () => ({ iss: 'someone' })],
      ['another audience', () => ({ aud: ['mentorship'] })],
      ['a user_id that is a string', () => ({ user_id: '7' })],
      ['a sub that differs from user_id', () => ({ sub: '8' })],
      ['no session', () => ({ sid: undefined })],
      ['no expiry', () => ({ exp: undefined })],
      ['an expiry that is a string', ({ exp }) => ({ exp: `${exp}` })],
      ['an expiry in the past', ({ iat }) => ({ iat: iat - lifetimes.access, exp: iat })],
      ['a lifetime over the limit', ({ exp }) => ({ exp: exp + 1 })],
      ['an iat in the future', ({ iat, exp }) => ({ iat: iat + 62, exp })],
      ['an nbf in the future', ({ exp }) => ({ nbf: exp })],
    ])('%s, with a valid signature', async (_what, change) => {
      const { signer, key, header, claims } = await openWithKey();
      const changed = { ...claims, ...change(claims) };
      expect(await signer.verify('access', forge(header, changed, key.privateKey))).toBeNull();
    });

    test('a payload that is not an object, with a valid signature', async () => {
      const { signer, key, header } = await openWithKey();
      for (const payload of [[], 'text' as never, 1 as never, null as never])
        expect(await signer.verify('access', forge(header, payload, key.privateKey))).toBeNull();
    });
  });
});
