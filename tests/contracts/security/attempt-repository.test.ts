import type { Store } from '@mentorship/adapters/store';
import { expect, test } from 'vitest';
import { day, minute, now, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const until = now + 15 * minute;

const raise = (store: Store, key: string, { by = 1, ends = until, at = now } = {}) =>
  within(store, 'attempts', (attempts) => attempts.raise(key, by, ends, at));

const find = (store: Store, key: string, at = now) => store.attemptDirectory.find(key, at);

const prune = (store: Store, at: number) => within(store, 'attempts', (attempts) => attempts.prune(at));

describeOnEachStore('the attempt repository', (open) => {
  test('counts each key by itself, until the end that the first attempt set', async () => {
    const store = await open();
    expect(await find(store, 'key')).toBeNull();
    expect(await raise(store, 'key')).toEqual({ count: 1, until });
    expect(await raise(store, 'key', { ends: until + day, at: now + minute })).toEqual({ count: 2, until });
    expect(await raise(store, 'key', { by: 40 })).toEqual({ count: 42, until });
    expect(await raise(store, 'KEY')).toEqual({ count: 1, until });
    expect(await find(store, 'key')).toEqual({ count: 42, until });
    expect(await find(store, 'key ')).toBeNull();
  });

  test('begins anew once a period is over, and not a moment before', async () => {
    const store = await open();
    await raise(store, 'key', { by: 5 });
    expect(await find(store, 'key', until - 1)).toEqual({ count: 5, until });
    expect(await raise(store, 'key', { ends: until + day, at: until - 1 })).toEqual({ count: 6, until });
    expect(await find(store, 'key', until)).toBeNull();
    expect(await raise(store, 'key', { ends: until + day, at: until })).toEqual({ count: 1, until: until + day });
    expect(await find(store, 'key', until)).toEqual({ count: 1, until: until + day });
  });

  test('takes keys of 64 characters', async () => {
    const store = await open();
    const key = 'k'.repeat(64);
    await raise(store, key);
    expect(await find(store, key)).toEqual({ count: 1, until });
  });

  test('forgets a key, and no other', async () => {
    const store = await open();
    await raise(store, 'key');
    await raise(store, 'another');
    await within(store, 'attempts', (attempts) => attempts.forget('key'));
    await within(store, 'attempts', (attempts) => attempts.forget('unknown'));
    expect(await find(store, 'key')).toBeNull();
    expect(await find(store, 'another')).toEqual({ count: 1, until });
    expect(await raise(store, 'key')).toEqual({ count: 1, until });
  });

  test('gives 64 at once on two processes 64 different counts', async () => {
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

  test('begins a new period once, when 16 at once find the last one over', async () => {
    const store = await open();
    const second = await store.another();
    await raise(store, 'key', { by: 100 });
    const late = { ends: until + day, at: until + minute };
    await Promise.all(Array.from({ length: 16 }, (_, at) => raise(at % 2 === 0 ? store : second, 'key', late)));
    expect(await find(store, 'key', late.at)).toEqual({ count: 16, until: until + day });
  });

  test('does not count what was taken back', async () => {
    const store = await open();
    await raise(store, 'key');
    const failed = within(store, 'attempts', async (attempts) => {
      await attempts.raise('key', 1, until, now);
      await attempts.raise('another', 1, until, now);
      await attempts.forget('key');
      throw new Error('taken back');
    });
    await expect(failed).rejects.toThrow('taken back');
    expect(await find(store, 'key')).toEqual({ count: 1, until });
    expect(await find(store, 'another')).toBeNull();
  });

  test('prunes any number of periods that are over in the end, and none that is not', async () => {
    const store = await open();
    await within(store, 'attempts', async (attempts) => {
      for (let at = 0; at < 230; at++) await attempts.raise(`over${at}`, 7, now - at, now - day);
      await attempts.raise('present', 7, now + 1, now - day);
    });
    for (let times = 0; times < 5; times++) await prune(store, now);
    // What has been deleted begins anew also for a clock that is late.
    expect(await raise(store, 'over0', { at: now - day })).toMatchObject({ count: 1 });
    expect(await raise(store, 'over229', { at: now - day })).toMatchObject({ count: 1 });
    expect(await raise(store, 'present', { at: now - day })).toMatchObject({ count: 8 });
  });

  test('prunes a period that began anew only when that is over', async () => {
    const store = await open();
    await raise(store, 'key', { ends: now });
    await raise(store, 'key', { at: now });
    await prune(store, until - 1);
    expect(await find(store, 'key')).toEqual({ count: 1, until });
  });
});
