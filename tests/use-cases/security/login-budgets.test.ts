import type { Client } from '@mentorship/domain';
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
