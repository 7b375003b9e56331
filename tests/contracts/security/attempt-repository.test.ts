import type { Store } from '@mentorship/adapters/store';
import { expect, test } from 'vitest';
import { day, minute, now, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const until = now + 15 * minute;

const raise = async (store: Store, key: string, { by = 1, ends = until, at = now } = {}) =>
  (await within(store, 'attempts', (attempts) => attempts.raise([{ key, by, until: ends }], at))).get(key)!;

const find = async (store: Store, key: string, at = now) =>
  (await store.attemptDirectory.find([key], at)).get(key) ?? null;

const prune = (store: Store, at: number) => within(store, 'attempts', (attempts) => attempts.prune(at));

describeOnEachStore('the attempt repository', (open) => {
  test('counts each key separately, until the end set by its first attempt', async () => {
    const store = await open();
    expect(await find(store, 'key')).toBeNull();
    expect(await raise(store, 'key')).toEqual({ count: 1, until });
    expect(await raise(store, 'key', { ends: until + day, at: now + minute })).toEqual({ count: 2, until });
    expect(await raise(store, 'key', { by: 40 })).toEqual({ count: 42, until });
    expect(await raise(store, 'KEY')).toEqual({ count: 1, until });
    expect(await find(store, 'key')).toEqual({ count: 42, until });
    expect(await find(store, 'key ')).toBeNull();
  });

  test('starts a new count when the period ends, and no earlier', async () => {
    const store = await open();
    await raise(store, 'key', { by: 5 });
    expect(await find(store, 'key', until - 1)).toEqual({ count: 5, until });
    expect(await raise(store, 'key', { ends: until + day, at: until - 1 })).toEqual({ count: 6, until });
    expect(await find(store, 'key', until)).toBeNull();
    expect(await raise(store, 'key', { ends: until + day, at: until })).toEqual({ count: 1, until: until + day });
    expect(await find(store, 'key', until)).toEqual({ count: 1, until: until + day });
  });

  test('counts and finds several keys at once, each with its own period', async () => {
    const store = await open();
    await raise(store, 'b', { by: 5 });
    await raise(store, 'over', { by: 9, ends: now });
    await raise(store, 'ahead', { by: 9, ends: until + day });
    const raises = ['over', 'b', 'ahead', 'a'].map((key, at) => ({ key, by: at + 1, until: until + at * minute }));
    const counts = await within(store, 'attempts', (attempts) => attempts.raise(raises, now));
    const expected = new Map(
      Object.entries({
        over: { count: 1, until },
        b: { count: 7, until },
        ahead: { count: 3, until: until + 2 * minute },
        a: { count: 4, until: until + 3 * minute },
      }),
    );
    expect(counts).toEqual(expected);
    const keys = ['a', 'absent', 'ahead', 'b', 'over'];
    expect(await store.attemptDirectory.find(keys, now)).toEqual(expected);
    const inTransaction = await within(store, 'attempts', (attempts) => attempts.find(keys, until + minute));
    expect([...inTransaction.keys()].toSorted()).toEqual(['a', 'ahead']);
  });

  test('counts all of several keys that concurrent attempts on two processes raise in other orders', async () => {
    const store = await open();
    const second = await store.another();
    const keys = ['c', 'a', 'b', 'D'];
    await Promise.all(
      Array.from({ length: 48 }, (_, at) =>
        within(at % 2 === 0 ? store : second, 'attempts', async (attempts) => {
          const order = at % 3 === 0 ? keys : keys.toReversed();
          if (at % 4 === 0) await attempts.find(order, now);
          await attempts.raise(
            order.map((key) => ({ key, by: 1, until })),
            now,
          );
        }),
      ),
    );
    expect(await store.attemptDirectory.find(keys, now)).toEqual(
      new Map(keys.map((key) => [key, { count: 48, until }])),
    );
  });

  test('accepts keys of 64 characters', async () => {
    const store = await open();
    const key = 'k'.repeat(64);
    await raise(store, key);
    expect(await find(store, key)).toEqual({ count: 1, until });
  });

  test('forgets one key only', async () => {
    const store = await open();
    await raise(store, 'key');
    await raise(store, 'another');
    await within(store, 'attempts', (attempts) => attempts.forget('key'));
    await within(store, 'attempts', (attempts) => attempts.forget('unknown'));
    expect(await find(store, 'key')).toBeNull();
    expect(await find(store, 'another')).toEqual({ count: 1, until });
    expect(await raise(store, 'key')).toEqual({ count: 1, until });
  });

  test('returns 64 different counts to 64 concurrent attempts on two processes', async () => {
    const store = await open();
    const second = await store.another();
    const counts = await Promise.all(
      Array.from({ length: 64 }, (_, at) => raise(at % 2 === 0 ? store : second, 'key')),
    );
    expect(counts.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 64 }, (_, at) => at + 1),
    );
    expect(new Set(counts.map((count) => count.until))).toEqual(new Set([until]));
    expect(await find(second, 'key')).toEqual({ count: 64, until });
  });

  test('starts one new period when 16 concurrent attempts find the last one over', async () => {
    const store = await open();
    const second = await store.another();
    await raise(store, 'key', { by: 100 });
    const late = { ends: until + day, at: until + minute };
    await Promise.all(Array.from({ length: 16 }, (_, at) => raise(at % 2 === 0 ? store : second, 'key', late)));
    expect(await find(store, 'key', late.at)).toEqual({ count: 16, until: until + day });
  });

  test('does not count a rolled-back attempt', async () => {
    const store = await open();
    await raise(store, 'key');
    const failed = within(store, 'attempts', async (attempts) => {
      await attempts.raise([{ key: 'key', by: 1, until }], now);
      await attempts.raise([{ key: 'another', by: 1, until }], now);
      await attempts.forget('key');
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await find(store, 'key')).toEqual({ count: 1, until });
    expect(await find(store, 'another')).toBeNull();
  });

  test('prunes all expired periods over several calls, and no current one', async () => {
    const store = await open();
    await within(store, 'attempts', async (attempts) => {
      for (let at = 0; at < 230; at++) await attempts.raise([{ key: `over${at}`, by: 7, until: now - at }], now - day);
      await attempts.raise([{ key: 'present', by: 7, until: now + 1 }], now - day);
    });
    for (let times = 0; times < 5; times++) await prune(store, now);
    // A deleted period starts again, also for a process whose clock is behind.
    expect(await raise(store, 'over0', { at: now - day })).toMatchObject({ count: 1 });
    expect(await raise(store, 'over229', { at: now - day })).toMatchObject({ count: 1 });
    expect(await raise(store, 'present', { at: now - day })).toMatchObject({ count: 8 });
  });

  test('does not prune a renewed period before it ends', async () => {
    const store = await open();
    await raise(store, 'key', { ends: now });
    await raise(store, 'key', { at: now });
    await prune(store, until - 1);
    expect(await find(store, 'key')).toEqual({ count: 1, until });
  });
});
