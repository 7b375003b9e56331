import type { Client } from '@mentorship/domain';
import { array, assert, asyncProperty, constantFrom, tuple } from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  from,
  type Member,
  password,
  policy,
  type TestApplication,
} from '../../support/test-application.ts';

const incorrect = refusal('invalid_credentials', {});
const waiting = refusal('too_many_attempts');

const [home, elsewhere] = [from('192.0.2.1'), from('192.0.2.2')];
/** Addresses from which no user has ever logged in. */
const strange = (number: number): Client => from(`198.51.100.${number}`);

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
});

const logIn = (typed: string, client: Client, username = 'alice') => app.logIn({ username, password: typed, client });

const fail = async (times: number, client: Client, username = 'alice'): Promise<void> => {
  for (let count = 0; count < times; count += 1)
    await expect(logIn('wrong', client, username)).rejects.toMatchObject(incorrect);
};

describe('after ten failures for an account from an address', () => {
  beforeEach(() => fail(10, home));

  test('every password is refused, the right one too', async () => {
    for (const typed of ['wrong', password, ''])
      await expect(logIn(typed, home)).rejects.toMatchObject(refusal('too_many_attempts', { retryAfter: 900 }));
    expect(await app.listSessions({ actor: alice.actor })).toHaveLength(1);
  });

  test('every spelling of the name is refused', async () => {
    for (const spelling of ['ALICE', ' alice ', 'ａｌｉｃｅ'])
      await expect(logIn(password, home, spelling)).rejects.toMatchObject(waiting);
  });

  test('another address and another account are not limited', async () => {
    await app.join('bob');
    await expect(logIn(password, elsewhere)).resolves.toHaveProperty('access');
    await expect(logIn(password, home, 'bob')).resolves.toHaveProperty('access');
  });

  test('the limit ends with the period that the first failure began, however many attempts follow', async () => {
    app.clock.advance(minutes(14));
    for (let count = 0; count < 20; count += 1)
      await expect(logIn('wrong', home)).rejects.toMatchObject(refusal('too_many_attempts', { retryAfter: 60 }));
    app.clock.advance(minutes(1) - 1);
    await expect(logIn(password, home)).rejects.toMatchObject(refusal('too_many_attempts', { retryAfter: 1 }));
    app.clock.advance(1);
    await expect(logIn(password, home)).resolves.toHaveProperty('access');
  });
});

describe('of 64 guesses at once', () => {
  test.each([10, 11, 32, 63])('with the right one as number %i, ten are answered and none logs in', async (right) => {
    const guesses = Array.from({ length: 64 }, (_, at) => logIn(at === right ? password : `wrong ${at}`, home));
    const settled = await Promise.allSettled(guesses);
    const refusals = settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'in'));
    expect(refusals.filter((code) => code === 'invalid_credentials')).toHaveLength(10);
    expect(refusals.filter((code) => code === 'too_many_attempts')).toHaveLength(54);
    expect(await app.listSessions({ actor: alice.actor })).toHaveLength(1);
  });
});

test('of queued guesses, those that leave the queue after the tenth failure are not checked', async () => {
  const checked: string[] = [];
  app = createTestApplication(({ passwordHasher }) => {
    let last: Promise<unknown> = Promise.resolve();
    const enqueue = <Result>(work: () => Promise<Result>): Promise<Result> => {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    };
    return {
      passwordHasher: {
        ...passwordHasher,
        verify: (typed, hash, terms) =>
          enqueue(async () => {
            await terms.admit?.();
            checked.push(typed);
            return passwordHasher.verify(typed, hash, terms);
          }),
      },
    };
  });
  await app.registerUser({ username: 'alice', password });
  const typed = [...Array.from({ length: 40 }, (_, at) => `wrong ${at}`), password];
  const settled = await Promise.allSettled(typed.map((text) => logIn(text, home)));
  const codes = settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'in'));
  const wrong = codes.filter((code) => code === 'invalid_credentials');
  expect(wrong).toHaveLength(10);
  expect(codes.slice(checked.length)).toEqual(Array(typed.length - checked.length).fill('too_many_attempts'));
  // A check may begin while the failure before it is being counted.
  expect(checked.length).toBeLessThanOrEqual(12);
  expect(checked).toEqual(typed.slice(0, checked.length));
});

test('a success resets the count of the account from the address, and no other', async () => {
  const budgets = { ...policy.budgets, login_address: { attempts: 25, period: 15 * 60 } };
  app = createTestApplication(() => ({ policy: { ...policy, budgets } }));
  await app.join('alice');
  for (let round = 0; round < 2; round += 1) {
    await fail(9, home);
    await expect(logIn(password, home)).resolves.toHaveProperty('access');
  }
  await fail(7, home);
  await expect(logIn(password, home)).rejects.toMatchObject(waiting);
  await expect(logIn(password, home, 'unknown')).rejects.toMatchObject(waiting);
  await expect(logIn(password, elsewhere)).resolves.toHaveProperty('access');
});

test('an address has a hundred failures over all names', async () => {
  for (let count = 0; count < 100; count += 1) await fail(1, home, count % 2 ? `name${count}` : `unknown ${count}`);
  await expect(logIn(password, home)).rejects.toMatchObject(waiting);
  await expect(logIn('wrong', home, 'another')).rejects.toMatchObject(waiting);
  await expect(logIn(password, elsewhere)).resolves.toHaveProperty('access');
});

describe('failures from many strange addresses', () => {
  beforeEach(async () => {
    await logIn(password, home);
    for (let number = 0; number < 100; number += 1) await fail(1, strange(number));
  });

  test('are limited to a hundred, then refused from any new address, also with the right password', async () => {
    await expect(logIn('wrong', strange(200))).rejects.toMatchObject(waiting);
    await expect(logIn(password, strange(201))).rejects.toMatchObject(waiting);
    app.clock.advance(minutes(15));
    await expect(logIn(password, strange(201))).resolves.toHaveProperty('access');
  });

  test('do not lock out the owner at a known address, who still has ten failures', async () => {
    await expect(logIn(password, home)).resolves.toHaveProperty('access');
    await fail(10, home);
    await expect(logIn(password, home)).rejects.toMatchObject(waiting);
  });

  test('are not reset by a login of the owner', async () => {
    await logIn(password, home);
    await expect(logIn(password, strange(200))).rejects.toMatchObject(waiting);
  });

  test('do not limit another account', async () => {
    await app.join('bob');
    await expect(logIn(password, strange(200), 'bob')).resolves.toHaveProperty('access');
  });
});

test('the owner of an account who has never logged in has the budget of the address of the registration', async () => {
  const client = from('192.0.2.9');
  await app.registerUser({ username: 'carol', password, client });
  for (let number = 0; number < 100; number += 1) await fail(1, strange(number), 'carol');
  await expect(logIn(password, strange(200), 'carol')).rejects.toMatchObject(waiting);
  await expect(logIn(password, client, 'carol')).resolves.toHaveProperty('access');
});

describe('guesses from the networks of one IPv6 line', () => {
  /** An address in a /64 of one /48; the first byte of the number chooses the /56. */
  const of = (number: number): Client => {
    const network = `2001:db8:1:${number.toString(16)}::`;
    return { ip: `${network}1`, network: `${network}/64`, userAgent: null };
  };
  const outcomeOf = (client: Client, username = 'alice') =>
    logIn('wrong', client, username).catch(({ code }: { code: string }) => code);
  const judged = async (guesses: readonly [network: number, username?: string][]) => {
    const outcomes = [];
    for (const [network, username] of guesses) outcomes.push(await outcomeOf(of(network), username));
    return outcomes.filter((code) => code === 'invalid_credentials').length;
  };
  const tenFromEach = (networks: readonly number[]) =>
    networks.flatMap((network) => Array.from({ length: 10 }, (): [number] => [network]));
  const numbers = (length: number, step: number) => Array.from({ length }, (_, at) => at * step);

  test('ten from each of ten /64s of a /56 are limited to 20, and its owner logs in from any new address', async () => {
    expect(await judged(tenFromEach(numbers(10, 1)))).toBe(20);
    await expect(logIn(password, of(0xff))).rejects.toMatchObject(waiting);
    for (const client of [elsewhere, of(0x100)])
      await expect(logIn(password, client)).resolves.toHaveProperty('access');
  });

  test('ten from each of a thousand /64s of a /48 are limited to 40, and its owner logs in from any other', async () => {
    expect(await judged(tenFromEach(numbers(1000, 0x41)))).toBe(40);
    await expect(logIn(password, of(0xffff))).rejects.toMatchObject(waiting);
    await expect(logIn(password, { ...of(0), network: '2001:db8:2:0::/64' })).resolves.toHaveProperty('access');
    await app.join('bob');
    await expect(logIn(password, of(0xffff), 'bob')).resolves.toHaveProperty('access');
  });

  test('over all names are limited to 200 in a /56 and 400 in a /48', async () => {
    const names = (networks: readonly number[]) =>
      networks.flatMap((network) => Array.from({ length: 100 }, (_, at): [number, string] => [network, `name${at}`]));
    expect(await judged(names(numbers(3, 1)))).toBe(200);
    expect(await judged(names(numbers(5, 0x100)))).toBe(200);
    await expect(logIn(password, of(0xffff))).rejects.toMatchObject(waiting);
    await expect(logIn(password, elsewhere)).resolves.toHaveProperty('access');
  });

  test('do not lock out an owner there at a known network, who still has ten failures', async () => {
    await logIn(password, of(0xff));
    await judged(tenFromEach(numbers(50, 0x41)));
    await fail(9, of(0xff));
    await expect(logIn(password, of(0xff))).resolves.toHaveProperty('access');
    await fail(10, of(0xff));
    await expect(logIn(password, of(0xff))).rejects.toMatchObject(waiting);
  });

  test('in any sequence, no more than the budgets of the /64, the /56 and the /48 are judged', async () => {
    const guess = tuple(
      constantFrom(0, 1, 0x100, 0x101, 0x200, 0x300, 0xff00, 0xffff),
      constantFrom('alice', 'x', 'y'),
    );
    const holds = asyncProperty(array(guess, { minLength: 50, maxLength: 250, size: 'max' }), async (guesses) => {
      const budget = (attempts: number) => ({ attempts, period: 15 * 60 });
      const limits = { login: budget(3), login_address: budget(6), login_account: budget(100) };
      app = createTestApplication(() => ({ policy: { ...policy, budgets: { ...policy.budgets, ...limits } } }));
      await app.registerUser({ username: 'alice', password });
      const counts = new Map<string, number>();
      for (const [network, username] of guesses) {
        const code = await outcomeOf(of(network), username);
        const networks = [network, network >> 8, 0].map((each, width) => ({
          each: `${each}/${width}`,
          times: 1 << width,
        }));
        const keys = networks.flatMap(({ each, times }) => [
          { key: `${each} ${username}`, limit: 3 * times },
          { key: each, limit: 6 * times },
        ]);
        const isOver = keys.some(({ key, limit }) => (counts.get(key) ?? 0) >= limit);
        expect(code).toBe(isOver ? 'too_many_attempts' : 'invalid_credentials');
        if (!isOver) for (const { key } of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      expect(counts.get('0/2') ?? 0).toBeLessThanOrEqual(24);
      expect(counts.get('0/2 alice') ?? 0).toBeLessThanOrEqual(12);
    });
    await assert(holds, { numRuns: 30 });
  });

  test('at once are judged no more often', async () => {
    const outcomes = await Promise.all(numbers(200, 0x41).map((network) => outcomeOf(of(network))));
    expect(outcomes.filter((code) => code === 'invalid_credentials')).toHaveLength(40);
    await expect(logIn(password, elsewhere)).resolves.toHaveProperty('access');
  });
});

describe('an unknown name is limited alike', () => {
  test('from one address', async () => {
    await fail(10, home, 'unknown');
    for (const username of ['unknown', 'UNKNOWN'])
      await expect(logIn(password, home, username)).rejects.toMatchObject(
        refusal('too_many_attempts', { retryAfter: 900 }),
      );
  });

  test('from many addresses', async () => {
    for (let number = 0; number < 100; number += 1) await fail(1, strange(number), 'unknown');
    await expect(logIn(password, strange(200), 'unknown')).rejects.toMatchObject(waiting);
  });
});

test('a client without an address is counted by the account alone', async () => {
  const nowhere = { ip: null, network: null, userAgent: null };
  await fail(100, nowhere);
  await expect(logIn(password, nowhere)).rejects.toMatchObject(waiting);
  await expect(logIn(password, strange(1))).rejects.toMatchObject(waiting);
});

test('without limits, no attempt is refused', async () => {
  const budgets = {
    login: null,
    login_address: null,
    login_account: null,
    login_unknown: null,
    registration: null,
    password: null,
    request: null,
  };
  app = createTestApplication(() => ({ policy: { ...policy, budgets } }));
  await app.join('alice');
  await fail(300, home);
  await expect(logIn(password, home)).resolves.toHaveProperty('access');
});
