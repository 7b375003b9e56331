import { pbkdf2Sync } from 'node:crypto';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import { argon2PasswordHasher } from '@mentorship/adapters/security';
import type { PasswordHasher } from '@mentorship/application';
import { normalisePassword, type Password, type PasswordHash, showPasswordHash } from '@mentorship/domain';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../support/manual-clock.ts';
import { plainPasswordHasher } from '../../support/sessions/plain-security.ts';
import { unavailability } from '../../support/refusals.ts';

const password = (text: string): Password => normalisePassword(text);

describe.each<[name: string, hasher: PasswordHasher]>([
  ['argon2', argon2PasswordHasher({ concurrency: 2, queue: 100 })],
  ['the hasher of the tests', plainPasswordHasher()],
])('the password hasher: %s', (_name, hasher) => {
  test.each(['12345678', ' spaced out ', 'пароль и 🔑', 'x'.repeat(128), '$argon2id$v=19$', `'; DROP TABLE users; --`])(
    'accepts the password %j and no other',
    async (text) => {
      const hash = await hasher.hash(password(text));
      expect(await hasher.verify(text, hash, { slowest: null })).toBe(true);
      for (const other of [`${text} `, text.slice(1), text.toUpperCase() + text.toLowerCase(), ''])
        expect(await hasher.verify(other, hash, { slowest: null })).toBe(false);
    },
  );

  test('rejects every password without a hash', async () => {
    for (const text of ['', '12345678', 'x'.repeat(10_000)])
      expect(await hasher.verify(text, null, { slowest: null })).toBe(false);
  });

  test('returns a different hash each time', async () => {
    const hashes = await Promise.all(Array.from({ length: 4 }, () => hasher.hash(password('12345678'))));
    expect(new Set(hashes).size).toBe(4);
    for (const hash of hashes) expect(await hasher.verify('12345678', hash, { slowest: null })).toBe(true);
  });

  test('puts salt and digest at the end of the hash, so that both can be masked', async () => {
    const hash = await hasher.hash(password('12345678'));
    const masked = showPasswordHash(hash, 'masked');
    expect(masked).toMatch(/^\S+\$\*{8}$/);
    for (const secret of hash.split('$').slice(-2)) expect(masked).not.toContain(secret);
  });
});

describe('argon2', () => {
  const hasher = argon2PasswordHasher({ concurrency: 2, queue: 100 });

  test('has the encoding of the contract', async () => {
    const hash = await hasher.hash(password('12345678'));
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(showPasswordHash(hash, 'masked')).toBe('$argon2id$v=19$m=19456,t=2,p=1$********');
  });

  test('verifies a hash of the reference implementation with other parameters', async () => {
    // echo -n password | argon2 somesalt -t 2 -m 16 -p 1 -l 24 -id
    const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hasher.verify('password', reference as PasswordHash, { slowest: null })).toBe(true);
    expect(await hasher.verify('Password', reference as PasswordHash, { slowest: null })).toBe(false);
  });

  test('recognises hashes with the current cost', async () => {
    const current = await hasher.hash(password('12345678'));
    expect(hasher.isCurrent(current)).toBe(true);
    const older = ['m=19456,t=2,p=1', 'm=12288,t=2,p=1', 'm=19456,t=1,p=1', 'm=65536,t=2,p=1', 'm=19456,t=2,p=4'];
    const encoded = older.map((parameters) => current.replace('m=19456,t=2,p=1', parameters) as PasswordHash);
    expect(encoded.map((hash) => hasher.isCurrent(hash))).toEqual([true, false, false, false, false]);
    for (const other of [django('12345678', 600_000), current.replace('argon2id', 'argon2i'), '', 'plain$text'])
      expect(hasher.isCurrent(other as PasswordHash)).toBe(false);
  });

  test.each([
    '',
    '$argon2id$garbage',
    '$argon2id$v=19$m=8,t=1,p=16$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    '$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$AAAA',
    'plain$cost=0$salt$digest',
    '$2b$12$abcdefghijklmnopqrstuv',
    'pbkdf2_sha1$1$salt$digest',
    'argon2id',
  ])('matches no password with the foreign encoding %j', async (encoding) => {
    for (const typed of ['', 'digest', encoding])
      expect(await hasher.verify(typed, encoding as PasswordHash, { slowest: null })).toBe(false);
  });
});

describe('a hash made by the original', () => {
  const hasher = argon2PasswordHasher({ concurrency: 2, queue: 100 });

  test('verifies in the encoding of Django', async () => {
    // make_password('lètmein', 'seasalt', 'pbkdf2_sha256') in Django's tests, with one of their iteration counts.
    const hash = django('lètmein', 12_000, 'seasalt');
    expect(hash).toBe('pbkdf2_sha256$12000$seasalt$Ybw8zsFxqja97tY/o6G+Fy1ksY4U/Hw3DRrGED6Up4s=');
    expect(await hasher.verify('lètmein', hash, { slowest: null })).toBe(true);
    expect(await hasher.verify('letmein', hash, { slowest: null })).toBe(false);
  });

  test.each([
    ['ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    ['ﬁve ﬁngers', 'five fingers'],
    ['cafe\u0301 au lait', 'caf\u00e9 au lait'],
  ])('matches only %j as typed, not %j, where argon2 hashes match both', async (typed, normalised) => {
    const hash = django(typed, 1000);
    expect(await hasher.verify(typed, hash, { slowest: 1000 })).toBe(true);
    expect(await hasher.verify(normalised, hash, { slowest: 1000 })).toBe(false);
    const argon2Hash = await hasher.hash(password(typed));
    for (const either of [typed, normalised])
      expect(await hasher.verify(either, argon2Hash, { slowest: 1000 })).toBe(true);
  });

  test.each([1, 1000, 260_000])('verifies after %i iterations, for any slowest hash', async (iterations) => {
    const hash = django('right password', iterations);
    for (const slowest of [null, 1, iterations, 300_000]) {
      expect(await hasher.verify('right password', hash, { slowest })).toBe(true);
      expect(await hasher.verify('wrong password', hash, { slowest })).toBe(false);
    }
  });

  test.each([
    'pbkdf2_sha256$1000$salt$',
    'pbkdf2_sha256$1000$salt',
    'pbkdf2_sha256$1000$',
    'pbkdf2_sha256$1000$salt$!!',
    `pbkdf2_sha256$9999999$salt$${'A'.repeat(43)}=`,
  ])('matches no password when truncated or too costly: %j', async (hash) => {
    for (const typed of ['', 'salt'])
      expect(await hasher.verify(typed, hash as PasswordHash, { slowest: null })).toBe(false);
  });
});

describe('the hashing queue', () => {
  test('keeps half of its places for logins', async () => {
    const hasher = argon2PasswordHasher({ concurrency: 1, queue: 4 });
    const hash = await hasher.hash(password('12345678'));
    const set = () => hasher.hash(password('12345678'));
    const check = (confirms: boolean) => hasher.verify('12345678', hash, { slowest: null, confirms });
    const others = [set(), check(true), set(), check(true)];
    const results = await Promise.allSettled([...others, check(false), check(false), check(false)]);
    expect(results.map(({ status }) => status)).toEqual(
      'fulfilled fulfilled fulfilled rejected fulfilled fulfilled rejected'.split(' '),
    );
  });

  test('rejects work beyond its limits, and accepts work again afterwards', async () => {
    const hasher = argon2PasswordHasher({ concurrency: 1, queue: 2 });
    const hash = await hasher.hash(password('12345678'));
    for (let round = 0; round < 3; round++) {
      const results = await Promise.allSettled([
        hasher.hash(password('12345678')),
        hasher.verify('12345678', hash, { slowest: null }),
        hasher.verify('wrong password', hash, { slowest: null }),
        hasher.verify('12345678', hash, { slowest: null }),
        hasher.hash(password('12345678')),
      ]);
      expect(results.map((result) => (result.status === 'fulfilled' ? typeof result.value : 'rejected'))).toEqual([
        'string',
        'boolean',
        'boolean',
        'rejected',
        'rejected',
      ]);
      expect(results.slice(1, 3)).toMatchObject([{ value: true }, { value: false }]);
      for (const rejected of results.slice(3)) expect(rejected).toMatchObject({ reason: overloaded });
    }
  });

  test('starts the next hash as soon as one finishes', async () => {
    const hasher = argon2PasswordHasher({ concurrency: 1, queue: 1 });
    let waiting = hasher.hash(password('12345678'));
    for (let next = 0; next < 4; next++) {
      const following = hasher.hash(password('12345678'));
      await expect(hasher.hash(password('12345678'))).rejects.toMatchObject(overloaded);
      await waiting;
      waiting = following;
    }
    await expect(waiting).resolves.toMatch(/^\$argon2id\$/);
  });

  test('accepts work again after a failed hash', async () => {
    const hasher = argon2PasswordHasher({ concurrency: 1, queue: 0 });
    // A check of this hash throws.
    const broken = '$argon2id$v=19$m=1,t=0,p=0$salt$digest' as PasswordHash;
    for (let times = 0; times < 2; times++)
      await Promise.allSettled([hasher.verify('12345678', broken, { slowest: null })]);
    await expect(hasher.hash(password('12345678'))).resolves.toMatch(/^\$argon2id\$/);
  });

  test('asks for admission when a check starts, and skips rejected checks', async () => {
    const hasher = argon2PasswordHasher({ concurrency: 1, queue: 5 });
    const hash = await hasher.hash(password('12345678'));
    // A check of this hash throws another error than `reason`.
    const broken = '$argon2id$v=19$m=1,t=0,p=0$salt$digest' as PasswordHash;
    const { asked, first, release } = occupy(hasher, hash);
    await first.started;
    const reason = new Error('not admitted');
    const reject = (name: string) => async () => {
      asked.push(name);
      throw reason;
    };
    const others = [
      hasher.verify('12345678', broken, { slowest: 999_999_999, admit: reject('second') }),
      hasher.verify('wrong password', hash, { slowest: null, admit: async () => void asked.push('third') }),
      hasher.verify('12345678', null, { slowest: 999_999_999, admit: reject('fourth') }),
    ];
    const settled = Promise.allSettled([first.result, ...others]);
    await nextEventLoopTurn();
    expect(asked).toEqual(['first']);
    release();
    expect(await settled).toEqual([
      { status: 'fulfilled', value: true },
      { status: 'rejected', reason },
      { status: 'fulfilled', value: false },
      { status: 'rejected', reason },
    ]);
    expect(asked).toEqual(['first', 'second', 'third', 'fourth']);
  });

  test('reports how many hashes run and wait', async () => {
    const hasher = argon2PasswordHasher({ concurrency: 1, queue: 5 });
    expect(hasher.load()).toEqual({ running: 0, waiting: 0 });
    const { first, release } = occupy(hasher, null);
    await first.started;
    const others = [hasher.hash(password('12345678')), hasher.verify('12345678', null, { slowest: null })];
    expect(hasher.load()).toEqual({ running: 1, waiting: 2 });
    release();
    await Promise.all([first.result, ...others]);
    expect(hasher.load()).toEqual({ running: 0, waiting: 0 });
  });

  test('rejects work that has waited longer than five seconds', async () => {
    const uptime = manualClock(0);
    const hasher = argon2PasswordHasher({ concurrency: 1, queue: 5, uptime });
    const hash = await hasher.hash(password('12345678'));
    const { asked, first, release } = occupy(hasher, hash);
    await first.started;
    const check = (name: string) =>
      hasher.verify('12345678', hash, { slowest: null, admit: async () => void asked.push(name) });
    const second = check('second');
    uptime.advance(1);
    const third = check('third');
    uptime.advance(5000);
    const settled = Promise.allSettled([first.result, second, third, hasher.hash(password('12345678'))]);
    release();
    expect(await settled).toMatchObject([
      { value: true },
      { reason: overloaded },
      { value: true },
      { status: 'fulfilled' },
    ]);
    expect(asked).toEqual(['first', 'third']);
  });

  /** Starts a check that occupies the queue until `release` is called. */
  const occupy = (hasher: PasswordHasher, hash: PasswordHash | null) => {
    const asked: string[] = [];
    const [started, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const admit = () => {
      asked.push('first');
      started.resolve();
      return released.promise;
    };
    const result = hasher.verify('12345678', hash, { slowest: null, admit });
    return { asked, first: { started: started.promise, result }, release: released.resolve };
  };

  const overloaded = unavailability('overloaded', { retryAfter: expect.any(Number) as number });
});

/** The encoding of the original (Django's `make_password` with PBKDF2PasswordHasher). */
const django = (typed: string, iterations: number, salt = 'seasalt'): PasswordHash => {
  const digest = pbkdf2Sync(typed, salt, iterations, 32, 'sha256').toString('base64');
  return `pbkdf2_sha256$${iterations}$${salt}$${digest}` as PasswordHash;
};
