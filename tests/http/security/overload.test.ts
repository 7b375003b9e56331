import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { password } from '../../support/http/client.ts';
import { startForTest } from '../../support/http/service.ts';

const off = { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' };
/** More than this machine hashes at once. */
const many = availableParallelism() + 30;
const times = <Value>(count: number, make: (at: number) => Value) => Array.from({ length: count }, (_, at) => make(at));

describe.each(['0', '1'])('HASH_QUEUE=%s', (HASH_QUEUE) => {
  const started = async () => {
    const { api } = await startForTest({ settings: { ...off, HASH_QUEUE }, safeHashes: true });
    return { api, john: await api.join('john') };
  };
  const overloaded = {
    status: 503,
    headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) as string },
    body: { code: 'overloaded' },
  };

  test('many logins at once get a 200, a 401 or a 503 with Retry-After, and nothing else', async () => {
    const { api } = await started();
    const logIn = (secret: string) => api.call('POST', '/api/login', { body: { username: 'john', password: secret } });
    const answers = await Promise.all(times(many, (at) => logIn(at % 2 ? password : 'wrong')));

    expect(new Set(answers.map(({ status }) => status)).difference(new Set([200, 401, 503])).size).toBe(0);
    expect(answers.some(({ status }) => status !== 503)).toBe(true);
    const rejected = answers.filter(({ status }) => status === 503);
    expect(rejected.length).toBeGreaterThan(0);
    for (const answer of rejected) expect(answer).toMatchObject(overloaded);
    expect(await logIn(password)).toMatchObject({ status: 200 });
  });

  test('unknown usernames get the same', async () => {
    const { api } = await started();
    const body = { username: 'unknown', password };
    const answers = await Promise.all(times(many, () => api.call('POST', '/api/login', { body })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 503]));
  });

  test('rejected registrations register no user', async () => {
    const { api, john } = await started();
    const register = (at: number) =>
      api.call('POST', '/api/registration', { body: { username: `user-${at}`, password } });
    const answers = await Promise.all(times(many, register));
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => (body as typeof john).username);
    for (const answer of answers.filter(({ status }) => status !== 201)) expect(answer).toMatchObject(overloaded);
    const { body } = await api.call('GET', '/api/users', { token: john.access });
    expect((body as (typeof john)[]).map(({ username }) => username).toSorted()).toEqual(['john', ...made].toSorted());
  });

  test('a rejected new password is not set, and requests without hashing succeed', async () => {
    const { api, john } = await started();
    const change = (at: number) =>
      api.call('PATCH', '/api/users/me', { token: john.access, body: { password: `newpassword-${at}` } });
    const [reading, ...answers] = await Promise.all([
      api.call('GET', '/api/users/me', { token: john.access }),
      ...times(many, change),
    ]);
    expect(reading).toMatchObject({ status: 200 });
    for (const answer of answers.filter(({ status }) => status !== 200)) expect(answer).toMatchObject(overloaded);
    const accepted = answers.flatMap(({ status }, at) => (status === 200 ? [`newpassword-${at}`] : []));
    const works = [];
    for (const secret of [password, ...times(many, (at) => `newpassword-${at}`)])
      if ((await api.call('POST', '/api/login', { body: { username: 'john', password: secret } })).status === 200)
        works.push(secret);
    expect(works).toHaveLength(1);
    expect(accepted).toContain(works[0]);
  });
});
