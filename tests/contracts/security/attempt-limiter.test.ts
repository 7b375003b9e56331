import { createAttemptLimiter } from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import type { Attempt, AttemptLimiter, AttemptRepository } from '@mentorship/application';
import type { Budgets } from '@mentorship/domain';
import { array, assert, asyncProperty, constant, integer, oneof, record } from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../support/manual-clock.ts';
import { day, now, within } from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

const budgets: Budgets = {
  login: { attempts: 3, period: 900 },
  login_address: { attempts: 5, period: 60 },
  login_account: null,
  login_unknown: null,
  password: null,
  request: null,
  registration: { attempts: 1, period: 3600 },
};

const noLoginBudgets: Budgets = { ...budgets, login: null, login_address: null };

const login: Attempt = { budget: 'login', subject: 'alice 192.0.2.1' };
const address: Attempt = { budget: 'login_address', subject: '192.0.2.1' };
const account: Attempt = { budget: 'login_account', subject: 'alice' };

/** The limiter of one process. */
const limiting = (store: Store, limiter: AttemptLimiter) => ({
  wait: (...attempts: Attempt[]) => limiter.wait(attempts, store.attemptDirectory),
  count: (...attempts: Attempt[]) => within(store, 'attempts', (counts) => limiter.count(attempts, counts)),
  forget: (attempt: Attempt) => within(store, 'attempts', (counts) => limiter.forget(attempt, counts)),
});

describeOnEachStore('the attempt limiter', (open) => {
  const openLimiter = async () => {
    const store = await open();
    const clock = manualClock(now);
    return { store, clock, ...limiting(store, createAttemptLimiter({ budgets, clock })) };
  };

  test('allows the attempts of the budget, marks the last one, then returns the wait', async () => {
    const { clock, wait, count } = await openLimiter();
    expect(await wait(login)).toBe(0);
    for (const at of [1, 2, 3]) {
      expect(await wait(login)).toBe(0);
      expect(await count(login)).toEqual([{ ...login, count: at, last: at === 3, wait: 0 }]);
    }
    expect(await wait(login)).toBe(900);
    clock.advance(899_001);
    expect(await wait(login)).toBe(1);
    expect(await count(login)).toEqual([{ ...login, count: 4, last: false, wait: 1 }]);
    clock.advance(998);
    expect(await wait(login)).toBe(1);
    clock.advance(1);
    expect(await wait(login)).toBe(0);
    expect(await count(login)).toEqual([{ ...login, count: 1, last: false, wait: 0 }]);
  });

  test('takes a period as over that ends further away than it lasts, because a clock was ahead', async () => {
    const { clock, wait, count } = await openLimiter();
    clock.advance(10 * 365 * day);
    for (let time = 0; time < 4; time++) await count(login);
    clock.advance(-10 * 365 * day);
    expect(await wait(login)).toBe(0);
    expect(await count(login)).toEqual([{ ...login, count: 1, last: false, wait: 0 }]);
    // Clocks of several machines differ a little.
    clock.advance(-30_000);
    expect(await count(login)).toEqual([{ ...login, count: 2, last: false, wait: 0 }]);
  });

  test('returns the longest wait of several budgets', async () => {
    const { clock, wait, count } = await openLimiter();
    for (let times = 0; times < 3; times += 1) await count(login);
    clock.advance(10_000);
    for (let times = 0; times < 5; times++) await count(address);
    expect(await wait(address)).toBe(60);
    expect(await wait(address, login)).toBe(890);
    expect(await wait(address, account)).toBe(60);
    clock.advance(60_000);
    expect(await wait(address)).toBe(0);
    expect(await wait(address, login)).toBe(830);
  });

  test('counts under several subjects, in their order', async () => {
    const { count } = await openLimiter();
    await count(login);
    expect(await count(address, login, account)).toEqual([
      { ...address, count: 1, last: false, wait: 0 },
      { ...login, count: 2, last: false, wait: 0 },
      { ...account, count: 1, last: false, wait: 0 },
    ]);
  });

  test('counts attempts without a budget but never makes them wait', async () => {
    const { clock, wait, count } = await openLimiter();
    for (let at = 1; at <= 30; at++)
      expect(await count(account)).toEqual([{ ...account, count: at, last: false, wait: 0 }]);
    expect(await wait(account)).toBe(0);
    clock.advance(15 * 60_000);
    expect(await count(account)).toEqual([{ ...account, count: 1, last: false, wait: 0 }]);
  });

  test('counts each budget and subject separately', async () => {
    const { wait, count } = await openLimiter();
    for (let times = 0; times < 3; times += 1) await count(login);
    expect(await wait({ ...login, subject: 'alice 192.0.2.2' })).toBe(0);
    expect(await wait({ ...login, budget: 'registration' })).toBe(0);
    expect(await count({ ...login, budget: 'registration' })).toMatchObject([{ count: 1, last: true, wait: 0 }]);
    expect(await wait({ ...login, budget: 'registration' })).toBe(3600);
    expect(await count({ ...login, budget: 'login_address' })).toMatchObject([{ count: 1 }]);
  });

  test('forgets one subject of one budget only', async () => {
    const { wait, count, forget } = await openLimiter();
    for (let times = 0; times < 3; times += 1) await count(login);
    await count(address);
    await forget(login);
    await forget({ ...login, subject: 'unknown' });
    expect(await wait(login)).toBe(0);
    expect(await count(login, address)).toMatchObject([{ count: 1 }, { count: 2 }]);
  });

  test('enforces one budget across two processes', async () => {
    const store = await open();
    const another = await store.another();
    const clock = manualClock(now);
    const processes = [store, another].map((each) => limiting(each, createAttemptLimiter({ budgets, clock })));
    const counted = await Promise.all(Array.from({ length: 64 }, (_, at) => processes[at % 2]!.count(login)));
    const all = counted.flat();
    expect(all.filter(({ wait }) => wait === 0)).toHaveLength(3);
    expect(all.filter(({ last }) => last)).toHaveLength(1);
    expect(Math.max(...all.map(({ count }) => count))).toBe(64);
    for (const { wait } of processes) expect(await wait(login)).toBe(900);
  });

  test('stops counting at the first exhausted budget, so that one address cannot exhaust a shared one', async () => {
    const { count } = await openLimiter();
    for (let times = 0; times < 3; times += 1) await count(login, address, account);
    expect(await count(login, address, account)).toMatchObject([{ budget: 'login', count: 4, wait: 900 }]);
    expect(await count(address)).toMatchObject([{ count: 4, wait: 0 }]);
    expect(await count(account)).toMatchObject([{ count: 4 }]);
  });

  test('gives a network the budget of several addresses', async () => {
    const { wait, count } = await openLimiter();
    const wide = { ...login, subject: 'alice 2001:db8::/48', addresses: 2 };
    for (let at = 1; at <= 6; at += 1) {
      expect(await wait(wide)).toBe(0);
      expect(await count(wide, account)).toMatchObject([{ count: at, last: at === 6, wait: 0 }, { count: at }]);
    }
    expect(await wait(wide)).toBe(900);
    expect(await count(wide, account)).toEqual([{ ...wide, count: 7, last: false, wait: 900 }]);
    expect(await count(account)).toMatchObject([{ count: 7 }]);
  });

  test('of many attempts at once over a narrow budget, counts none against the wider ones', async () => {
    const store = await open();
    const another = await store.another();
    const clock = manualClock(now);
    const processes = [store, another].map((each) => limiting(each, createAttemptLimiter({ budgets, clock })));
    await Promise.all(Array.from({ length: 32 }, (_, at) => processes[at % 2]!.count(login, address, account)));
    expect(await processes[0]!.count(address, account)).toMatchObject([{ count: 4, wait: 0 }, { count: 4 }]);
  });

  test('loses no count when attempts on two processes share some subjects', async () => {
    const store = await open();
    const another = await store.another();
    const clock = manualClock(now);
    const processes = [store, another].map((each) =>
      limiting(each, createAttemptLimiter({ budgets: noLoginBudgets, clock })),
    );
    const attempts = (name: number, host: number): Attempt[] => [
      { budget: 'login', subject: `${name} ${host}` },
      { budget: 'login_address', subject: `${host}` },
      { budget: 'login_account', subject: `${name}` },
    ];
    const pairs = Array.from({ length: 48 }, (_, at) => [at % 4, at % 3] as const);
    await Promise.all(pairs.map(([name, host], at) => processes[at % 2]!.count(...attempts(name, host))));
    const [first] = processes;
    for (const [name, host] of [
      [0, 0],
      [3, 2],
    ] as const)
      expect(await first!.count(...attempts(name, host))).toMatchObject([{ count: 5 }, { count: 17 }, { count: 13 }]);
  });

  test('enforces the budget in every period, for any sequence of attempts and pauses', async () => {
    const { clock, wait, count } = await openLimiter();
    let traces = 0;
    const step = oneof(
      record({ attempt: constant(true), pause: constant(0) }),
      record({ attempt: constant(false), pause: integer({ min: 1, max: 70_000 }) }),
    );
    const holds = asyncProperty(array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const subject = { ...address, subject: `trace ${(traces += 1)}` };
      let period = { began: Number.NEGATIVE_INFINITY, count: 0 };
      for (const { attempt, pause } of steps) {
        clock.advance(pause);
        if (clock.now() >= period.began + 60_000) period = { began: clock.now(), count: 0 };
        const left = Math.ceil((period.began + 60_000 - clock.now()) / 1000);
        expect(await wait(subject)).toBe(period.count >= 5 ? left : 0);
        if (!attempt) continue;
        // A period begins with its first attempt.
        if (period.count === 0) period = { began: clock.now(), count: 0 };
        period.count += 1;
        const expected = { count: period.count, last: period.count === 5, wait: period.count > 5 ? left : 0 };
        expect(await count(subject)).toEqual([{ ...subject, ...expected }]);
      }
    });
    await assert(holds, { numRuns: 15 });
  });
});

test('the attempt limiter counts in one statement, and finds in one', async () => {
  const sent: string[] = [];
  const recording: AttemptRepository = {
    find: async () => (sent.push('find'), new Map()),
    raise: async (raises) => (
      sent.push('raise'),
      new Map(raises.map(({ key, by }) => [key, { count: by, until: now }]))
    ),
    forget: async () => {},
    prune: async () => 0,
  };
  const limiter = createAttemptLimiter({ budgets, clock: manualClock(now) });
  await limiter.wait([login, address, account], recording);
  await limiter.count([login, address, account], recording);
  expect(sent).toEqual(['find', 'raise']);
});

describeOnEachDatabase('the stored rows of the attempt limiter', (create) => {
  const openRows = async () => {
    const database = await create();
    const store = await openOn(database);
    const limiter = limiting(store, createAttemptLimiter({ budgets, clock: manualClock(now) }));
    const rows = () => database.query('select key, count, until from attempt_counts');
    return { ...limiter, query: database.query, rows };
  };

  /** Keys as releases store them: the budget and the SHA-256 of the subject in base64url. They must never change. */
  const stored = [
    { key: 'login:tulxE82y0cQcvoBOOnv7cb_22H1SfE4Hjmf_2awBNdE', attempt: login, period: 900 },
    { key: 'login_account:K9gGyX8OAK8aH8Myj6djqSaXI8jbj6xPk69x2xhtbpA', attempt: account, period: 900 },
    { key: 'login_address:N_z_JL9iA1srCAIK_Ai0_s1Pz_zlerI1GONWH_D-drk', attempt: address, period: 60 },
    {
      key: 'login_unknown:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
      attempt: { budget: 'login_unknown', subject: '' } satisfies Attempt,
      period: 900,
    },
    {
      key: 'registration:N_z_JL9iA1srCAIK_Ai0_s1Pz_zlerI1GONWH_D-drk',
      attempt: { budget: 'registration', subject: '192.0.2.1' } satisfies Attempt,
      period: 3600,
    },
  ];
  const isoAfter = (seconds: number) => new Date(now + seconds * 1000).toISOString();

  test('keep the keys and periods of the releases', async () => {
    const { count, rows } = await openRows();
    for (const { attempt } of stored) await count(attempt);
    const written = await rows();
    expect(written).toHaveLength(stored.length);
    for (const { key, period } of stored) expect(written).toContainEqual({ key, count: 1, until: isoAfter(period) });
  });

  test('continue the counts of the releases', async () => {
    const { wait, count, forget, query, rows } = await openRows();
    for (const { key } of stored) await query(`insert into attempt_counts values ('${key}', 5, '${isoAfter(30)}')`);
    const budgeted = stored.filter(({ attempt }) => budgets[attempt.budget] !== null);
    expect(budgeted).toHaveLength(3);
    for (const { attempt } of budgeted) expect(await wait(attempt)).toBe(30);
    for (const { attempt } of stored) {
      const isLimited = budgets[attempt.budget] !== null;
      expect(await count(attempt)).toEqual([{ ...attempt, count: 6, last: false, wait: isLimited ? 30 : 0 }]);
    }
    expect((await rows()).map(({ until }) => until)).toEqual(stored.map(() => isoAfter(30)));
    for (const { attempt } of stored) await forget(attempt);
    expect(await rows()).toEqual([]);
  });

  test('contain no username, address or password', async () => {
    const { count, query } = await openRows();
    const subjects = ['alice', '192.0.2.1', 'alice 192.0.2.1', 'my password by mistake', 'x'.repeat(100_000), ''];
    for (const subject of subjects)
      for (const budget of ['login', 'login_address', 'login_account', 'registration'] as const)
        await count({ budget, subject });
    const rows = await query('select * from attempt_counts');
    expect(rows).toHaveLength(subjects.length * 4);
    for (const row of rows) {
      expect(Object.keys(row).toSorted()).toEqual(['count', 'key', 'until']);
      expect(row.key).toMatch(/^(login|login_address|login_account|registration):[\w-]{43}$/);
      expect(String(row.key).length).toBeLessThanOrEqual(64);
      expect(String(row.key)).not.toMatch(/alice|192|password/);
    }
  });
});
