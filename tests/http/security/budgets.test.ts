import { describe, expect, test } from 'vitest';
import { type Call, type Client, password } from '../../support/http/client.ts';
import { startForTest, startOnSqliteForTest } from '../../support/http/service.ts';
import { manualClock, minutes } from '../../support/manual-clock.ts';

/** The service with these budgets and its own clock. John has logged in from 192.0.2.1. */
const started = async (settings: Record<string, string>) => {
  const clock = manualClock();
  const { api } = await startForTest({ settings, clock });
  await api.join('john');
  await logIn(api, 'john', password, '192.0.2.1');
  return { api, clock };
};

const logIn = (api: Client, username: string, secret: string, from?: string) =>
  api.call('POST', '/api/login', { body: { username, password: secret }, ...(from !== undefined && { from }) });
const register = (api: Client, username: string, call: Call = {}) =>
  api.call('POST', '/api/registration', { body: { username, password }, ...call });
const statuses = async (answers: (() => Promise<{ status: number }>)[]) => {
  const found: number[] = [];
  for (const ask of answers) found.push((await ask()).status);
  return found;
};
const times = <Value>(count: number, make: (at: number) => Value): Value[] =>
  Array.from({ length: count }, (_, at) => make(at));
const tooMany = { status: 429, body: { code: 'too_many_attempts' } };

describe('LOGIN_BUDGET: failures for one account from one address', () => {
  const budget = { LOGIN_BUDGET: '3/1m' };

  test('rejects one login above the budget with a 429 and the time to wait, whatever the password', async () => {
    const { api, clock } = await started(budget);
    for (const secret of ['a', 'b', 'c']) expect(await logIn(api, 'john', secret)).toMatchObject({ status: 401 });
    clock.advance(20_500);
    for (const secret of ['d', password]) {
      const answer = await logIn(api, 'john', secret);
      expect(answer).toMatchObject({ ...tooMany, headers: { 'retry-after': '40' } });
      expect(answer.body).toEqual({
        type: 'urn:mentorship:problem:too_many_attempts',
        title: expect.any(String),
        status: 429,
        detail: 'There have been too many attempts. Try again in 40 seconds.',
        code: 'too_many_attempts',
      });
    }
  });

  test('accepts a login after that time, which rejected attempts do not extend', async () => {
    const { api, clock } = await started(budget);
    for (const secret of ['a', 'b', 'c', 'd', password]) await logIn(api, 'john', secret);
    clock.advance(minutes(1) - 1);
    expect(await logIn(api, 'john', password)).toMatchObject({ ...tooMany, headers: { 'retry-after': '1' } });
    clock.advance(1);
    expect(await logIn(api, 'john', password)).toMatchObject({ status: 200 });
  });

  test('does not affect other accounts and addresses', async () => {
    const { api } = await started(budget);
    await api.join('mike');
    for (const secret of ['a', 'b', 'c', 'd']) await logIn(api, 'john', secret);
    expect(await logIn(api, 'mike', password)).toMatchObject({ status: 200 });
    expect(await logIn(api, 'john', password, '192.0.2.1')).toMatchObject({ status: 200 });
    expect(await logIn(api, 'john', password, '198.51.100.1')).toMatchObject({ status: 200 });
  });

  test('is reset by a successful login', async () => {
    const { api } = await started(budget);
    const secrets = ['a', 'b', password, 'c', 'd', password, password, password, password, 'e', 'f'];
    expect(await statuses(secrets.map((secret) => () => logIn(api, 'john', secret)))).not.toContain(429);
  });

  test('counts all spellings of a username as one account', async () => {
    const { api } = await started(budget);
    for (const name of ['john', 'JOHN', ' John ']) expect(await logIn(api, name, 'x')).toMatchObject({ status: 401 });
    expect(await logIn(api, 'ｊｏｈｎ', password)).toMatchObject(tooMany);
  });

  test('answers an unknown username the same way', async () => {
    const { api } = await started(budget);
    const known = times(5, () => () => logIn(api, 'john', 'wrong', '198.51.100.1'));
    const unknown = times(5, () => () => logIn(api, 'unknown', 'wrong', '198.51.100.2'));
    expect(await statuses(known)).toEqual([401, 401, 401, 429, 429]);
    expect(await statuses(unknown)).toEqual([401, 401, 401, 429, 429]);
    const [one, other] = [await known[0]!(), await unknown[0]!()];
    expect({ ...one, headers: {} }).toEqual({ ...other, headers: {} });
  });

  test('counts parallel guesses', async () => {
    const { api } = await started(budget);
    const answers = await Promise.all(times(20, (at) => logIn(api, 'john', `guess-${at}`)));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17);
  });

  test('counts only logins: no rejected bodies, refreshes or reads', async () => {
    const { api } = await started(budget);
    const { access: token } = await api.logIn('john');
    for (let time = 0; time < 5; time += 1) {
      await api.call('POST', '/api/login', { payload: '{' });
      await api.call('POST', '/api/login', { body: { username: 'john' } });
      await api.call('POST', '/api/token/refresh', { body: { refresh: 'garbage' } });
      await api.call('GET', '/api/users/me', { token: 'garbage' });
      await api.call('POST', '/api/logout', { token, body: { refresh: 'garbage' } });
    }
    expect(await logIn(api, 'john', password)).toMatchObject({ status: 200 });
  });

  test('does not apply if it is off', async () => {
    const off = { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' };
    const { api } = await started(off);
    expect(await statuses(times(15, () => () => logIn(api, 'john', 'wrong')))).toEqual(Array(15).fill(401));
    expect(await logIn(api, 'john', password)).toMatchObject({ status: 200 });
  });
});

describe('LOGIN_BUDGET_PER_ADDRESS: failures from one address', () => {
  const budget = { LOGIN_BUDGET_PER_ADDRESS: '3/1m' };

  test('counts every account, known or unknown, and does not affect other addresses', async () => {
    const { api, clock } = await started(budget);
    for (const name of ['john', 'unknown', 'unknown-too'])
      expect(await logIn(api, name, 'wrong')).toMatchObject({ status: 401 });
    for (const name of ['john', 'anyone', 'unknown']) expect(await logIn(api, name, password)).toMatchObject(tooMany);
    expect(await logIn(api, 'john', password, '198.51.100.1')).toMatchObject({ status: 200 });
    clock.advance(minutes(1));
    expect(await logIn(api, 'john', password)).toMatchObject({ status: 200 });
  });

  test('is not reset by a successful login', async () => {
    const { api } = await started(budget);
    const steps = [['unknown', 'x'] as const, ['unknown', 'y'] as const, ['john', password] as const];
    const answers = [...steps, ['unknown', 'z'] as const, ['john', password] as const];
    expect(
      await statuses(
        answers.map(
          ([name, secret]) =>
            () =>
              logIn(api, name, secret),
        ),
      ),
    ).toEqual([401, 401, 200, 401, 429]);
  });

  test.each([
    ['hosts of one /64 are one address', '2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', 429],
    ['the next /64 is another', '2001:db8:1:2::1', '2001:db8:1:3::1', 200],
    ['an IPv4 address written as IPv6 is itself', '198.51.100.7', '::ffff:198.51.100.7', 429],
    ['and not its neighbour', '::ffff:198.51.100.7', '::ffff:198.51.100.8', 200],
    ['and by a NAT64', '198.51.100.7', '64:ff9b::198.51.100.7', 429],
    ['nor there its neighbour', '64:ff9b::198.51.100.7', '64:ff9b::198.51.100.8', 200],
    ['another spelling is the same', '2001:db8::1', '2001:0DB8:0:0::0001', 429],
  ])('%s', async (_, guesser, other, status) => {
    const { api } = await started(budget);
    for (const name of ['a', 'b', 'c']) await logIn(api, name, 'wrong', guesser);
    expect(await logIn(api, 'john', password, other)).toMatchObject({ status });
  });
});

describe('the networks of one IPv6 line', () => {
  test('share the budgets of two addresses in a /56, and of four in a /48', async () => {
    const { api } = await started({ LOGIN_BUDGET: '3/1m', LOGIN_BUDGET_PER_ACCOUNT: '15/1m' });
    const guess = (network: string) => times(3, () => () => logIn(api, 'john', 'wrong', `2001:db8:7:${network}::1`));
    const judged = async (...networks: string[]) =>
      (await statuses(networks.flatMap(guess))).filter((status) => status === 401).length;
    expect(await judged('1', '2', '3', 'ff')).toBe(6);
    expect(await judged('100', '200', '300', 'ffff')).toBe(6);
    expect(await logIn(api, 'john', password, '2001:db8:7:abcd::1')).toMatchObject(tooMany);
    expect(await logIn(api, 'john', password, '2001:db8:8::1')).toMatchObject({ status: 200 });
  });
});

describe('LOGIN_BUDGET_PER_ACCOUNT: failures from addresses where the account never logged in', () => {
  const budget = { LOGIN_BUDGET_PER_ACCOUNT: '3/1m' };
  const strangers = (count: number) => times(count, (at) => `203.0.113.${at + 1}`);

  test('stops strangers, never the owner at a known address', async () => {
    const { api, clock } = await started(budget);
    const guesses = strangers(6).map((from) => () => logIn(api, 'john', 'wrong', from));
    expect(await statuses(guesses)).toEqual([401, 401, 401, 429, 429, 429]);
    expect(await logIn(api, 'john', password, '203.0.113.99')).toMatchObject(tooMany);
    expect(await logIn(api, 'john', password, '192.0.2.1')).toMatchObject({ status: 200 });
    // The owner's own mistake does not count as a stranger's guess.
    expect(await logIn(api, 'john', 'wrong', '192.0.2.1')).toMatchObject({ status: 401 });
    expect(await logIn(api, 'john', password, '192.0.2.1')).toMatchObject({ status: 200 });
    clock.advance(minutes(1));
    expect(await logIn(api, 'john', password, '203.0.113.99')).toMatchObject({ status: 200 });
  });

  test('does not count the owner’s failures at a known address', async () => {
    const { api } = await started(budget);
    for (let slip = 0; slip < 5; slip += 1) await logIn(api, 'john', 'wrong', '192.0.2.1');
    expect(await logIn(api, 'john', password, '203.0.113.1')).toMatchObject({ status: 200 });
  });

  test('counts an unknown username the same way', async () => {
    const { api } = await started(budget);
    const guesses = strangers(5).map((from) => () => logIn(api, 'unknown', 'wrong', from));
    expect(await statuses(guesses)).toEqual([401, 401, 401, 429, 429]);
    expect(await logIn(api, 'john', password, '203.0.113.1')).toMatchObject({ status: 200 });
  });
});

describe('REGISTRATION_BUDGET', () => {
  test('limits registrations from one address, including taken usernames', async () => {
    const { api, clock } = await started({ REGISTRATION_BUDGET: '3/1m' });
    expect(await register(api, 'mike')).toMatchObject({ status: 201 });
    expect(await register(api, 'john')).toMatchObject({ status: 409 });
    const answer = await register(api, 'emma');
    expect(answer).toMatchObject({ ...tooMany, headers: { 'retry-after': '60' } });
    expect(await register(api, 'emma', { from: '198.51.100.1' })).toMatchObject({ status: 201 });
    expect(await logIn(api, 'mike', password)).toMatchObject({ status: 200 });
    clock.advance(minutes(1));
    expect(await register(api, 'anna')).toMatchObject({ status: 201 });
  });

  test('does not count rejected bodies', async () => {
    const { api } = await started({ REGISTRATION_BUDGET: '2/1m' });
    for (const body of [{}, { username: 'mike' }, { username: 'mike', password: '1' }, { username: '?', password }])
      expect(await api.call('POST', '/api/registration', { body })).toMatchObject({ status: 400 });
    expect(await register(api, 'mike')).toMatchObject({ status: 201 });
  });

  test('counts parallel registrations', async () => {
    const { api } = await started({ REGISTRATION_BUDGET: '3/1m' });
    const answers = await Promise.all(times(6, (at) => register(api, `user-${at}`)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4);
  });
});

describe('PASSWORD_BUDGET', () => {
  test('limits the requests of one account that check or set its password, wherever it sends them from', async () => {
    const { api, clock } = await started({ PASSWORD_BUDGET: '2/1m' });
    const { access: token } = await api.logIn('john', password);
    const send = (method: 'PATCH' | 'DELETE', body: object, from = '192.0.2.1') =>
      api.call(method, '/api/users/me', { token, body, from });
    expect(await send('PATCH', { password })).toMatchObject({ status: 200 });
    expect(await send('PATCH', { current_password: 'wrong' })).toMatchObject({ status: 400 });
    for (const answer of [
      await send('PATCH', { password }),
      await send('PATCH', { current_password: password }, '198.51.100.1'),
      await send('DELETE', { current_password: password }),
    ])
      expect(answer).toMatchObject({ ...tooMany, headers: { 'retry-after': '60' } });
    expect(await send('PATCH', { email: 'john@example.com' })).toMatchObject({ status: 200 });
    clock.advance(minutes(1));
    expect(await send('DELETE', { current_password: password })).toMatchObject({ status: 204 });
  });
});

describe('REQUEST_BUDGET', () => {
  test('limits the requests and offers of one account, wherever it sends them from', async () => {
    const { api, clock } = await started({ REQUEST_BUDGET: '2/1m' });
    await api.join('mike');
    const [{ access: john }, { access: mike }] = [await api.logIn('john'), await api.logIn('mike')];
    await api.join('emma');
    const send = (token: string, body: object, from = '192.0.2.1') =>
      api.call('POST', '/api/mentorships', { token, body, from });
    expect(await send(john, { mentor: 'mike' })).toMatchObject({ status: 201 });
    expect(await send(john, { mentor: 'unknown' })).toMatchObject({ status: 400 });
    expect(await send(john, { mentee: 'emma' })).toMatchObject({ status: 201 });
    const answer = await send(john, { mentor: 'emma' }, '198.51.100.1');
    expect(answer).toMatchObject({ ...tooMany, headers: { 'retry-after': '60' } });
    expect(await send(mike, { mentor: 'emma' })).toMatchObject({ status: 201 });
    clock.advance(minutes(1));
    expect(await send(john, { mentor: 'emma' })).toMatchObject({ status: 201 });
  });
});

describe('REGISTRATION=closed', () => {
  test('rejects every username, taken or free, with a 403, and registered users can still log in', async () => {
    const { path, api: before, store } = await startOnSqliteForTest();
    await before.join('john');
    const closed = await startForTest({ settings: { DATABASE_URL: `sqlite:${path}`, REGISTRATION: 'closed' } });

    const answers = await Promise.all(['john', 'mike'].map((name) => register(closed.api, name)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 403, body: { code: 'registration_closed' } });
    expect(answers[0]!.body).toEqual(answers[1]!.body);
    await expect(closed.api.logIn('john')).resolves.toHaveProperty('access');
    expect(await store.userDirectory.detail(2 as never, 1)).toBeNull();
  });
});

describe('two instances on sqlite', () => {
  test('share all counts', async () => {
    const clock = manualClock();
    const settings = { LOGIN_BUDGET: '4/1m', REGISTRATION_BUDGET: '3/1m' };
    const { path, api: one } = await startOnSqliteForTest({ settings, clock });
    const second = await startForTest({ settings: { ...settings, DATABASE_URL: `sqlite:${path}` }, clock });
    const other = second.api;
    await one.join('john');

    const guesses = await Promise.all(times(10, (at) => logIn([one, other][at % 2]!, 'john', 'wrong')));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(4);
    for (const api of [one, other]) expect(await logIn(api, 'john', password)).toMatchObject(tooMany);
    expect(await statuses(times(4, (at) => () => register([one, other][at % 2]!, `user-${at}`)))).toEqual([
      201, 201, 429, 429,
    ]);
    clock.advance(minutes(1));
    for (const api of [one, other]) expect(await logIn(api, 'john', password)).toMatchObject({ status: 200 });
  });
});
