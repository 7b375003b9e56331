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
