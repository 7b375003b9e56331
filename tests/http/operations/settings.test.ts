import { SettingsError } from '@mentorship/adapters/environment';
import { readConfig } from '@mentorship/http/config';
import { describe, expect, test } from 'vitest';
import { password } from '../../support/http/client.ts';
import { publishedKey, readToken, signWith } from '../../support/http/forge.ts';
import { mentoring, type Mentorship, mentorshipsIn } from '../../support/http/mentorships.ts';
import { type ServiceOptions, startService, startForTest, startOnSqliteForTest } from '../../support/http/service.ts';
import { manualClock, minutes } from '../../support/manual-clock.ts';
import { newUser, session } from '../../support/records.ts';
import { createDatabase, stores } from '../../support/processes/service.ts';

const started = async (options: ServiceOptions) => {
  const service = await startForTest(options);
  return service.api;
};

describe('API_PASSWORD_FIELD=hash', () => {
  test('shows the complete hash on your own detail only, and accepts it back unchanged', async () => {
    const api = await started({ settings: { API_PASSWORD_FIELD: 'hash' }, safeHashes: true });
    const { access: token, id } = await api.join('john');
    const { access: other } = await api.join('bob');

    const { body } = await api.call('GET', '/api/users/me', { token });
    expect(body).toHaveProperty(
      'password',
      expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/),
    );
    expect((await api.call('GET', `/api/users/${id}`, { token: other })).body).not.toHaveProperty('password');
    expect(await api.call('PATCH', '/api/users/me', { token, body })).toMatchObject({
      status: 200,
      body: body as object,
    });
    await expect(api.logIn('john', password)).resolves.toHaveProperty('access');
  });
});

describe('a hash imported from the original', () => {
  test.each([
    ['masked', 'pbkdf2_sha256$600000$********'],
    ['hash', 'pbkdf2_sha256$600000$salt$digest'],
  ])('is shown %s', async (display, shown) => {
    const clock = manualClock();
    const { api, store } = await startOnSqliteForTest({ clock, settings: { API_PASSWORD_FIELD: display } });
    const { claims, header } = readToken((await api.join('john')).access);
    await store.storage.atomically(async ({ users, sessions }) => {
      const old = await users.add(newUser('old', { passwordHash: 'pbkdf2_sha256$600000$salt$digest' }));
      await sessions.open(session('old-session', old!.id, { expiresAt: clock.now() + 3_600_000 }));
    });
    const { kid, privateKey } = await publishedKey(store, clock);
    const token = signWith(privateKey, { ...header, kid }, { ...claims, user_id: 2, sub: '2', sid: 'old-session' });

    const answer = await api.call('GET', '/api/users/me', { token });
    expect(answer).toMatchObject({ status: 200, body: { username: 'old', password: shown } });
    expect(await api.call('PATCH', '/api/users/me', { token, body: answer.body })).toMatchObject({ status: 200 });
  });
});

describe('the lifetimes of tokens', () => {
  test('are settings', async () => {
    const api = await started({ settings: { ACCESS_TOKEN_LIFETIME: '90s', REFRESH_TOKEN_LIFETIME: '7d' } });
    const tokens = await api.join('john');
    const lifetimes = [tokens.access, tokens.refresh].map((token) => {
      const { exp, iat } = readToken(token).claims;
      return Number(exp) - Number(iat);
    });
    expect(lifetimes).toEqual([90, 7 * 24 * 3600]);
  });
});

describe.each(stores)('MENTORSHIP_REQUEST_LIFETIME on %s', (store) => {
  test('ends a request, which then is expired for both sides and cannot be answered', async () => {
    await using database = await createDatabase(store);
    const clock = manualClock();
    const settings = { DATABASE_URL: database.url, MENTORSHIP_REQUEST_LIFETIME: '5m' };
    const { api, stop } = await startService({ clock, settings });
    const { asked, change, get } = mentoring(api);
    const alice = await api.join('alice');
    const john = await api.join('john');
    const id = await asked(john, { mentor: 'alice', message: 'Teach me.' });
    const url = `/api/mentorships/${id}`;
    const idsOf = async (status: string) =>
      mentorshipsIn(await get(alice, `/api/mentorships?status=${status}`)).map((one) => one.id);
    const asFiled = (await get(john, url)).body as Mentorship;
    const end = new Date(clock.now() + minutes(5)).toISOString();
    expect(asFiled).toMatchObject({ status: 'requested', expires_at: end, ended_at: null });

    clock.advance(minutes(5) - 1);
    expect(await get(alice, url)).toMatchObject({ headers: { etag: '"1"' }, body: asFiled });
    expect([await idsOf('requested'), await idsOf('expired')]).toEqual([[id], []]);

    clock.advance(1);
    const expired = { ...asFiled, status: 'expired', ended_at: end, version: 2 };
    const expectExpired = async () => {
      for (const by of [alice, john]) {
        const answer = await get(by, url);
        expect(answer).toMatchObject({ status: 200, headers: { etag: '"2"' } });
        expect(answer.body).toEqual(expired);
        expect((await get(by, '/api/users/me/mentorships')).body).toContainEqual(expired);
      }
    };
    await expectExpired();
    expect([await idsOf('requested'), await idsOf('expired'), await idsOf('requested,expired')]).toEqual([
      [],
      [id],
      [id],
    ]);
    const tooLate = { status: 409, body: { code: 'illegal_transition', allowed: [] } };
    expect(await change(alice, id, { status: 'active' })).toMatchObject(tooLate);
    expect(await change(alice, id, { status: 'declined' }, { 'if-match': '"2"' })).toMatchObject(tooLate);
    expect(await change(john, id, { status: 'cancelled' })).toMatchObject(tooLate);
    expect(await change(alice, id, { status: 'active' }, { 'if-match': '"1"' })).toMatchObject({ status: 412 });
    await expectExpired();

    clock.advance(minutes(5));
    const again = await asked(john, { mentor: 'alice' });
    expect([await idsOf('requested'), await idsOf('expired')]).toEqual([[again], [id]]);
    await expectExpired();
    await stop();
  });
});

describe('an invalid value', () => {
  const length = 'a duration in whole seconds with its unit';
  const budget = 'a number of attempts in a duration, such as 10/15m';
  const cases: [name: string, says: string, values: string[]][] = [
    ['REFRESH_ROTATION', 'must be one of on, off', ['true', 'ON', 'yes', '1']],
    ['SESSION_MAX_LIFETIME', length, ['24', '0h', '-1h', '1.5s', 'forever', '4000d', '1e3s']],
    ['PASSWORD_POLICY', 'must be one of readme, strict', ['Strict', 'none', 'readme,strict']],
    ['REQUIRE_CURRENT_PASSWORD', 'must be one of true, false', ['on', 'TRUE', '1']],
    ['PROFILE_CONTACT', 'must be one of everyone, self', ['none', 'friends', 'Self']],
    ['REGISTRATION', 'must be one of open, closed', ['off', 'invite']],
    ...[
      'REQUEST_BUDGET',
      'PASSWORD_BUDGET',
      'REGISTRATION_BUDGET',
      'LOGIN_BUDGET',
      'LOGIN_BUDGET_PER_ADDRESS',
      'LOGIN_BUDGET_PER_ACCOUNT',
    ].map((name): [string, string, string[]] => [
      name,
      budget,
      ['10', '0/15m', '10/', '/15m', '10/15', '10/0s', '1.5/1m', '-1/1m', '10/15m/1h', '10 per hour', 'on', '10/1ms'],
    ]),
    ['METRICS_PORT', 'must be a number from 0 to 65535 (0 takes a free port), or off', ['on', '-1', '65536', ':9464']],
    ['METRICS_PORT', 'must be a different port from PORT', ['3000']],
    ['SHUTDOWN_GRACE', length, ['5', '-1s', '0.5s', '11m', 'off', 'never']],
    ['HASH_QUEUE', 'must be a number from 0 to 100000', ['-1', '1.5', '100001', 'many', '0x10']],
    ['HASH_NICENESS', 'must be a number from 0 to 19', ['-1', '20', '1.5', 'nice']],
    [
      'TRUST_PROXY',
      'must be none, or the addresses or networks of your proxies',
      ['true', '1', '10', '10.1', '0x7f000001', '10/8', 'proxy', '10.0.0.0/33'],
    ],
    ['TRUST_PROXY', 'such as 10.0.0.5 or 10.0.0.0/8', ['10.0.0.1;10.0.0.2', '10.0.0.1,', '*', 'none,loopback']],
    ['CORS_ORIGINS', 'must be none, or origins such as https://app.example.org', ['*', 'app.example.org', 'null']],
    [
      'CORS_ORIGINS',
      'nothing after the host',
      [
        'https://app.example.org/',
        'https://app.example.org/path',
        'https://*.example.org',
        'https://a.example.org https://b.example.org',
        'https://a.example.org,',
        'https://APP.example.org',
        'https://app.example.org:443',
        'https://user@app.example.org',
        'none,https://a.example.org',
      ],
    ],
    ['CORS_ORIGINS', 'write https://xn--bcher-kva.example', ['https://bücher.example', 'https://BÜCHER.example/x']],
    ['CORS_ORIGINS', 'write tauri://xn--bcher-kva', ['tauri://bücher']],
    ['CORS_ORIGINS', 'nothing after the host', ['file:///x', 'file://host', 'capacitor://', 'capacitor:localhost']],
    ['CORS_ORIGINS', 'write capacitor://localhost', ['capacitor://localhost/', 'CAPACITOR://localhost']],
    ['EVENTS_RETENTION', length, ['90', '0d', 'never', '-1d']],
    ['REQUEST_RETENTION', length, ['90', '0d', 'off', '-1d']],
    [
      'MENTORSHIP_REQUEST_LIFETIME',
      length,
      ['14', '0d', '-1d', '1.5s', '500ms', '1e3s', 'off', 'never', '3651d', '14d 1h'],
    ],
  ];

  test.each(cases.flatMap(([name, says, values]) => values.map((value) => [name, value, says] as const)))(
    '%s=%s is rejected: %s',
    (name, value, says) => {
      const read = () => readConfig({ [name]: value });
      expect(read).toThrow(SettingsError);
      expect(read).toThrow(new RegExp(`^${name} must be `));
      expect(read).toThrow(says);
    },
  );

  test('rejects a maximum session length below the lifetime of a refresh token, with rotation', () => {
    const settings = { SESSION_MAX_LIFETIME: '59m', REFRESH_TOKEN_LIFETIME: '1h' };
    const read = () => readConfig({ ...settings, REFRESH_ROTATION: 'on' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow('SESSION_MAX_LIFETIME must be at least REFRESH_TOKEN_LIFETIME.');
    expect(readConfig(settings)).toMatchObject({ REFRESH_ROTATION: false });
    expect(readConfig({ ...settings, REFRESH_ROTATION: 'on', SESSION_MAX_LIFETIME: '1h' })).toMatchObject({
      SESSION_MAX_LIFETIME: 3600,
    });
  });

  test('all errors are reported at once', () => {
    const read = () => readConfig({ LOGIN_BUDGET: 'x', CORS_ORIGINS: '*', HASH_QUEUE: '-1', REFRESH_ROTATION: '?' });
    for (const name of ['LOGIN_BUDGET', 'CORS_ORIGINS', 'HASH_QUEUE', 'REFRESH_ROTATION']) expect(read).toThrow(name);
  });
});

describe('a valid value', () => {
  test.each([
    ['LOGIN_BUDGET', '10/15m', { attempts: 10, period: 900 }],
    ['LOGIN_BUDGET', '1/1s', { attempts: 1, period: 1 }],
    ['LOGIN_BUDGET', '5/2 hours', { attempts: 5, period: 7200 }],
    ['LOGIN_BUDGET', 'off', null],
    ['LOGIN_BUDGET', '  ', { attempts: 10, period: 900 }],
    ['REGISTRATION_BUDGET', '', { attempts: 100, period: 3600 }],
    ['REGISTRATION_BUDGET', 'off', null],
    ['PASSWORD_BUDGET', '', { attempts: 30, period: 900 }],
    ['REQUEST_BUDGET', '', { attempts: 30, period: 86_400 }],
    ['HASH_QUEUE', '0', 0],
    ['HASH_NICENESS', '0', 0],
    ['SHUTDOWN_GRACE', '', 5],
    ['SHUTDOWN_GRACE', '0s', 0],
    ['SHUTDOWN_GRACE', '10m', 600],
    ['SESSION_MAX_LIFETIME', '30d', 30 * 24 * 3600],
    ['EVENTS_RETENTION', '1y', 31_557_600],
    ['REQUEST_RETENTION', '', 7_776_000],
    ['MENTORSHIP_REQUEST_LIFETIME', '', 14 * 24 * 3600],
    ['MENTORSHIP_REQUEST_LIFETIME', ' 1s ', 1],
    ['MENTORSHIP_REQUEST_LIFETIME', '3650d', 3650 * 24 * 3600],
    ['REFRESH_ROTATION', ' on ', true],
    ['TRUST_PROXY', 'none', []],
    ['TRUST_PROXY', '::1,2001:db8::/32,10.0.0.5', ['::1', '2001:db8::/32', '10.0.0.5']],
    ['TRUST_PROXY', 'loopback, 10.0.0.0/8,fd00::/8', ['loopback', '10.0.0.0/8', 'fd00::/8']],
    ['CORS_ORIGINS', 'none', []],
    [
      'CORS_ORIGINS',
      'https://a.example.org, http://localhost:5173',
      ['https://a.example.org', 'http://localhost:5173'],
    ],
    [
      'CORS_ORIGINS',
      'capacitor://localhost,ionic://localhost,tauri://localhost,chrome-extension://abcdefghijklmnop,app://a:1',
      [
        'capacitor://localhost',
        'ionic://localhost',
        'tauri://localhost',
        'chrome-extension://abcdefghijklmnop',
        'app://a:1',
      ],
    ],
    ['CORS_ORIGINS', 'https://xn--bcher-kva.example', ['https://xn--bcher-kva.example']],
  ] as const)('reads %s=%j', (name, value, read) => {
    expect(readConfig({ [name]: value })[name]).toEqual(read);
  });
});
