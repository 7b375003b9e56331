import { ConfigError, readConfig } from '@mentorship/http/config';
import { describe, expect, onTestFinished, test } from 'vitest';
import { password } from '../support/http-client.ts';
import { publishedKey, readToken, signWith } from '../support/http-forge.ts';
import { type ServiceOptions, startOnSqlite, startService } from '../support/http-service.ts';
import { manualClock } from '../support/manual-clock.ts';
import { newUser, session } from '../support/records.ts';

const started = async (options: ServiceOptions) => {
  const service = await startService(options);
  onTestFinished(service.stop);
  return service.api;
};

describe('API_PASSWORD_FIELD=hash', () => {
  test('shows the whole hash on one’s own detail alone, and takes it back unchanged', async () => {
    const api = await started({ settings: { API_PASSWORD_FIELD: 'hash' } });
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

describe('a hash brought from the original', () => {
  test.each([
    ['masked', 'pbkdf2_sha256$600000$********'],
    ['hash', 'pbkdf2_sha256$600000$salt$digest'],
  ])('is shown %s', async (display, shown) => {
    const clock = manualClock();
    const { api, store, stop } = await startOnSqlite({ clock, settings: { API_PASSWORD_FIELD: display } });
    onTestFinished(stop);
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

describe('a bad value', () => {
  const length = 'a length of time in whole seconds with its unit';
  const budget = 'so many attempts in a length of time, such as 10/15m';
  const cases: [name: string, says: string, values: string[]][] = [
    ['REFRESH_ROTATION', 'must be one of on, off', ['true', 'ON', 'yes', '1']],
    ['SESSION_MAX_LIFETIME', length, ['24', '0h', '-1h', '1.5s', 'forever', '4000d', '1e3s']],
    ['PASSWORD_POLICY', 'must be one of readme, strict', ['Strict', 'none', 'readme,strict']],
    ['REQUIRE_CURRENT_PASSWORD', 'must be one of true, false', ['on', 'TRUE', '1']],
    ['PROFILE_CONTACT', 'must be one of everyone, self', ['none', 'nobody', 'Self']],
    ['REGISTRATION', 'must be one of open, closed', ['off', 'invite']],
    ...['REGISTRATION_BUDGET', 'LOGIN_BUDGET', 'LOGIN_BUDGET_PER_ADDRESS', 'LOGIN_BUDGET_PER_ACCOUNT'].map(
      (name): [string, string, string[]] => [
        name,
        budget,
        ['10', '0/15m', '10/', '/15m', '10/15', '10/0s', '1.5/1m', '-1/1m', '10/15m/1h', '10 per hour', 'on', '10/1ms'],
      ],
    ),
    ['HASH_QUEUE', 'must be a number from 0 to 100000', ['-1', '1.5', '100001', 'many', '0x10']],
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
    ['EVENTS_RETENTION', length, ['90', '0d', 'never', '-1d']],
  ];

  test.each(cases.flatMap(([name, says, values]) => values.map((value) => [name, value, says] as const)))(
    '%s=%s is refused: %s',
    (name, value, says) => {
      const read = () => readConfig({ [name]: value });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(new RegExp(`^${name} must be `));
      expect(read).toThrow(says);
    },
  );

  test('a session that may not live as long as its refresh token, where tokens are rotated', () => {
    const settings = { SESSION_MAX_LIFETIME: '59m', REFRESH_TOKEN_LIFETIME: '1h' };
    const read = () => readConfig({ ...settings, REFRESH_ROTATION: 'on' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow('SESSION_MAX_LIFETIME must be at least REFRESH_TOKEN_LIFETIME.');
    expect(readConfig(settings)).toMatchObject({ REFRESH_ROTATION: false });
    expect(readConfig({ ...settings, REFRESH_ROTATION: 'on', SESSION_MAX_LIFETIME: '1h' })).toMatchObject({
      SESSION_MAX_LIFETIME: 3600,
    });
  });

  test('all of them are told at once', () => {
    const read = () => readConfig({ LOGIN_BUDGET: 'x', CORS_ORIGINS: '*', HASH_QUEUE: '-1', REFRESH_ROTATION: '?' });
    for (const name of ['LOGIN_BUDGET', 'CORS_ORIGINS', 'HASH_QUEUE', 'REFRESH_ROTATION']) expect(read).toThrow(name);
  });
});

describe('a good value', () => {
  test.each([
    ['LOGIN_BUDGET', '10/15m', { attempts: 10, period: 900 }],
    ['LOGIN_BUDGET', '1/1s', { attempts: 1, period: 1 }],
    ['LOGIN_BUDGET', '5/2 hours', { attempts: 5, period: 7200 }],
    ['LOGIN_BUDGET', 'off', null],
    ['LOGIN_BUDGET', '  ', { attempts: 10, period: 900 }],
    ['REGISTRATION_BUDGET', '', null],
    ['HASH_QUEUE', '0', 0],
    ['SESSION_MAX_LIFETIME', '30d', 30 * 24 * 3600],
    ['EVENTS_RETENTION', '1y', 31_557_600],
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
  ] as const)('%s=%j is read', (name, value, read) => {
    expect(readConfig({ [name]: value })[name]).toEqual(read);
  });
});
