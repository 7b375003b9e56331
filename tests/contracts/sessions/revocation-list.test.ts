import { createRevocationList, type PolledRevocationList, revokingStorage } from '@mentorship/adapters/security';
import type { Store } from '@mentorship/adapters/store';
import {
  type RevocationList,
  type SessionDirectory,
  type SessionReference,
  type Storage,
  storageUnavailable,
} from '@mentorship/application';
import type { Session } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { addUsers, hour, minute, now, session, within } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

/** The directory, which counts who is asked what and can be out of order. */
const watched = (directory: SessionDirectory) => {
  const asked = { isOpen: 0, endedSince: [] as number[] };
  const state = { faulty: false };
  const answer = <Result>(ask: () => Promise<Result>): Promise<Result> =>
    state.faulty ? Promise.reject(storageUnavailable()) : ask();
  const sessionDirectory: SessionDirectory = {
    ...directory,
    isOpen(reference) {
      asked.isOpen += 1;
      return answer(() => directory.isOpen(reference));
    },
    endedSince(number, at) {
      asked.endedSince.push(number);
      return answer(() => directory.endedSince(number, at));
    },
  };
  return { sessionDirectory, asked, state };
};

/** Runs the work twice and keeps the second: as when the first lost to another transaction. */
const retrying = ({ storage }: Store): Storage => ({
  ...storage,
  async atomically(work) {
    const lost = new Error('serialization failure');
    const first = storage.atomically(async (repositories) => {
      await work(repositories);
      throw lost;
    });
    await first.catch((error: unknown) => expect(error).toBe(lost));
    return storage.atomically(work);
  },
});

const end = (storage: Storage, { id, userId }: SessionReference) =>
  storage.atomically(({ sessions }) => sessions.end({ id, userId }, 'logout', now));

const areOpen = (list: RevocationList, sessions: readonly Session[]) =>
  Promise.all(sessions.map((each) => list.isOpen(each)));

describeOnEachStore('the revocation list', (open) => {
  /** One process's list over a store with three open sessions; both of its clocks stand still. */
  const openList = async () => {
    const store = await open();
    const [owner] = await addUsers(store, 'owner');
    const sessions = ['a', 'b', 'c'].map((id) => session(id, owner.id));
    await within(store, 'sessions', async (repository) => {
      for (const each of sessions) await repository.open(each);
    });
    const { sessionDirectory, asked, state } = watched(store.sessionDirectory);
    const [clock, uptime] = [manualClock(now), manualClock(0)];
    const list = createRevocationList({ sessionDirectory, clock, uptime });
    const [a, b, c] = sessions as [Session, Session, Session];
    return { store, list, asked, state, clock, uptime, a, b, c };
  };

  test('asks the store before the first poll', async () => {
    const { store, list, asked, a, b } = await openList();
    await end(store.storage, a);
    expect(list.age()).toBe(Infinity);
    expect(await list.isOpen(a)).toBe(false);
    expect(await list.isOpen(b)).toBe(true);
    expect(asked).toEqual({ isOpen: 2, endedSince: [] });
  });

  test('asks nobody after a poll, and refuses what has ended by then', async () => {
    const { store, list, asked, a, b, c } = await openList();
    await end(store.storage, a);
    await list.poll();
    expect(await areOpen(list, [a, b, c])).toEqual([false, true, true]);
    await end(store.storage, b);
    await list.poll();
    expect(await areOpen(list, [a, b, c])).toEqual([false, false, true]);
    expect(asked.isOpen).toBe(0);
    expect(list.size).toBe(2);
  });

  test('reads from poll to poll only what is new', async () => {
    const { store, list, asked, a } = await openList();
    await list.poll();
    await list.poll();
    await end(store.storage, a);
    const { number } = await store.sessionDirectory.endedSince(-1, now);
    await list.poll();
    await list.poll();
    expect(asked.endedSince).toEqual([-1, number - 1, number - 1, number]);
  });

  test('relies on a poll for less than 750 ms from when it was sent, then asks the store again', async () => {
    const { store, list, asked, uptime, a, b } = await openList();
    uptime.advance(5000);
    await list.poll();
    await end(store.storage, a);
    uptime.advance(749);
    expect(list.age()).toBe(749);
    expect(await list.isOpen(a)).toBe(true);
    uptime.advance(1);
    expect(await list.isOpen(a)).toBe(false);
    expect(await list.isOpen(b)).toBe(true);
    expect(asked.isOpen).toBe(2);
    await list.poll();
    expect(await list.isOpen(a)).toBe(false);
    expect(asked.isOpen).toBe(2);
  });

  test('asks once the machine has slept, while which its uptime stands still', async () => {
    const { store, list, asked, clock, a } = await openList();
    await list.poll();
    await end(store.storage, a);
    clock.advance(749);
    expect(await list.isOpen(a)).toBe(true);
    clock.advance(1);
    expect(list.age()).toBe(750);
    expect(await list.isOpen(a)).toBe(false);
    expect(asked.isOpen).toBe(1);
  });

  test('does not rely on a poll for longer because the clock was set back', async () => {
    const { store, list, clock, uptime, a } = await openList();
    await list.poll();
    await end(store.storage, a);
    clock.advance(-hour);
    uptime.advance(750);
    expect(await list.isOpen(a)).toBe(false);
  });

  test('is as old as the question, not as the answer', async () => {
    const { list, asked, uptime, a } = await openList();
    const polled = list.poll();
    uptime.advance(750);
    await polled;
    expect(list.age()).toBe(750);
    expect(await list.isOpen(a)).toBe(true);
    expect(asked.isOpen).toBe(1);
  });

  test('lets nobody in on trust while the store is out of order, and an ended session never', async () => {
    const { store, list, asked, state, uptime, a, b } = await openList();
    await end(store.storage, a);
    await list.poll();
    state.faulty = true;
    await expect(list.poll()).rejects.toMatchObject(unavailability('storage_unavailable'));
    uptime.advance(749);
    expect(await areOpen(list, [a, b])).toEqual([false, true]);
    expect(asked.isOpen).toBe(0);
    uptime.advance(1);
    expect(await list.isOpen(a)).toBe(false);
    await expect(list.isOpen(b)).rejects.toMatchObject(unavailability('storage_unavailable'));
    await expect(list.isOpen(b)).rejects.toMatchObject(unavailability('storage_unavailable'));
    expect(asked.isOpen).toBe(2);
  });

  test('reads everything anew after a fault', async () => {
    const { store, list, asked, state, a, b } = await openList();
    await end(store.storage, a);
    await list.poll();
    state.faulty = true;
    await expect(list.poll()).rejects.toMatchObject(unavailability('storage_unavailable'));
    await expect(list.poll()).rejects.toMatchObject(unavailability('storage_unavailable'));
    state.faulty = false;
    await end(store.storage, b);
    await list.poll();
    expect(asked.endedSince.slice(2)).toEqual([-1, -1]);
    expect(await areOpen(list, [a, b])).toEqual([false, false]);
    await list.poll();
    expect(asked.endedSince.at(-1)).toBeGreaterThan(0);
  });

  test('knows at once what its own process has ended, also while the store is out of order', async () => {
    const { store, list, asked, state, a, b } = await openList();
    const own = revokingStorage(store.storage, list);
    await list.poll();
    await end(own, a);
    state.faulty = true;
    expect(await areOpen(list, [a, b])).toEqual([false, true]);
    expect(asked.isOpen).toBe(0);
  });

  test('learns everything that a transaction has ended, and what the work results in is handed on', async () => {
    const { store, list, a, b, c } = await openList();
    await list.poll();
    const result = await revokingStorage(store.storage, list).atomically(async ({ sessions }) => {
      await sessions.end(a, 'logout', now);
      // Not before it is committed.
      expect(await list.isOpen(a)).toBe(true);
      return (await sessions.end({ userId: b.userId, except: c.id }, 'revoked', now)).map(({ id }) => id);
    });
    expect(result).toEqual(['b']);
    expect(await areOpen(list, [a, b, c])).toEqual([false, false, true]);
  });

  test('learns nothing from a transaction that was taken back', async () => {
    const { store, list, a } = await openList();
    await list.poll();
    const failed = revokingStorage(store.storage, list).atomically(async ({ sessions }) => {
      await sessions.end(a, 'logout', now);
      throw new Error('taken back');
    });
    await expect(failed).rejects.toThrow('taken back');
    expect(await list.isOpen(a)).toBe(true);
    expect(list.size).toBe(0);
  });

  test('learns from a transaction that ran twice what the second run has ended', async () => {
    const { store, list, a, b } = await openList();
    await list.poll();
    const targets = [a, b];
    await revokingStorage(retrying(store), list).atomically(({ sessions }) =>
      sessions.end(targets.shift() as Session, 'logout', now),
    );
    expect(await areOpen(list, [a, b])).toEqual([true, false]);
    expect(await store.sessionDirectory.isOpen(a)).toBe(true);
  });

  test('remembers an end until a minute after the last access token, and no longer', async () => {
    const { store, list, clock, uptime, a, b } = await openList();
    await within(store, 'sessions', (sessions) => sessions.extendAccess(b, now + hour, now));
    await end(store.storage, a);
    await end(revokingStorage(store.storage, list), b);
    await list.poll();
    clock.advance(a.accessUntil + minute - 1 - now);
    await sweep(list, uptime);
    expect(list.size).toBe(2);
    clock.advance(1);
    await sweep(list, uptime);
    expect(list.size).toBe(1);
    expect(await list.isOpen(b)).toBe(false);
    clock.advance(now + hour + minute - clock.now());
    await sweep(list, uptime);
    expect(list.size).toBe(0);
  });
});

/** Polls after so much of the process's life that it looks for what is over. */
const sweep = async (list: PolledRevocationList, uptime: ManualClock) => {
  uptime.advance(10_000);
  await list.poll();
};
