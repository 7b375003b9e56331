import type { Store } from '@mentorship/adapters/store';
import type { Instant } from '@mentorship/domain';
import { sample, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import { addUsers, begin, day, end, minute, mentorshipsOf, now, within } from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

const lock = (store: Store, at: Instant) =>
  within(store, 'mentorships', (mentorships) => mentorships.lockGraph(stoppedAt(at)));

describeOnEachStore('the lock of the graph', (open) => {
  test('returns the time of the transaction in milliseconds', async () => {
    const store = await open();
    for (const at of [now, now + 1, now + 2, now + day]) expect(await lock(store, at)).toBe(at);
  });

  test('returns a later time than the last one, for any process and clock', async () => {
    const store = await open();
    const late = await store.another();
    expect(await lock(store, now)).toBe(now);
    expect(await lock(late, now)).toBe(now + 1);
    expect(await lock(late, now - 1)).toBe(now + 2);
    expect(await lock(late, now - 9 * day)).toBe(now + 3);
    expect(await lock(store, now + minute)).toBe(now + minute);
    expect(await lock(late, now + 4)).toBe(now + minute + 1);
    expect(await lock(late, now + minute + 2)).toBe(now + minute + 2);
    expect(await lock(store, now)).toBe(now + minute + 3);
  });

  test('forgets the time of a rolled-back transaction', async () => {
    const store = await open();
    await lock(store, now);
    const failed = within(store, 'mentorships', async (mentorships) => {
      expect(await mentorships.lockGraph(stoppedAt(now + day))).toBe(now + day);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await lock(store, now + 1)).toBe(now + 1);
  });

  test('orders the history by commits, even if the clocks of two processes differ', async () => {
    const store = await open();
    const stores = [store, await store.another()];
    const [mentee, mentor] = await addUsers(store, 'mentee', 'mentor');
    const clocks = sample(integer({ min: now - minute, max: now + minute }), 32);
    const times = await Promise.all(
      clocks.map((clock, racer) =>
        within(stores[racer % 2]!, 'mentorships', async (mentorships) => {
          const at = await mentorships.lockGraph(stoppedAt(clock));
          await end(mentorships, mentee, 'replaced', at);
          await begin(mentorships, mentee, mentor, at);
          return at;
        }),
      ),
    );
    for (const [racer, at] of times.entries()) expect(at).toBeGreaterThanOrEqual(clocks[racer]!);
    const history = (await mentorshipsOf(store, mentee)).toReversed();
    const begun = history.map(({ startedAt }) => startedAt);
    expect(begun).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(begun).size).toBe(times.length);
    expect(history.map(({ endedAt }) => endedAt)).toEqual([...begun.slice(1), null]);
    expect(begun.at(-1)).toBeGreaterThanOrEqual(Math.max(...clocks));
  });
});

describeOnEachDatabase('the time of the last change', (create) => {
  test('is earlier than the timestamp of every uncommitted change', async () => {
    const store = await openOn(await create());
    const reader = await store.another();
    await lock(store, now);
    await within(store, 'mentorships', async (mentorships) => {
      const at = await mentorships.lockGraph(stoppedAt(now));
      expect(await reader.mentorshipDirectory.lastChange()).toBeLessThan(at);
    });
  });
});
