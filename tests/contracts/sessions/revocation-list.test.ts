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

/** A directory that counts its calls and can fail. */
const faultyDirectory = (directory: SessionDirectory) => {
  const calls = { isOpen: 0, endedSince: [] as number[] };
  const state = { faulty: false };
  const answer = <Result>(query: () => Promise<Result>): Promise<Result> =>
    state.faulty ? Promise.reject(storageUnavailable()) : query();
  const sessionDirectory: SessionDirectory = {
    ...directory,
    isOpen(reference) {
      calls.isOpen += 1;
      return answer(() => directory.isOpen(reference));
    },
    endedSince(number, at) {
      calls.endedSince.push(number);
      return answer(() => directory.endedSince(number, at));
    },
  };
  return { sessionDirectory, calls, state };
};

/** Runs the work twice and commits the second run, as after a serialization failure. */
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
  /** A list of one process, on a store with three open sessions; both clocks stand still. */
  const openList = async () => {
    const store = await open();
    const [owner] = await addUsers(store, 'owner');
    const sessions = ['a', 'b', 'c'].map((id) => session(id, owner.id));
    await within(store, 'sessions', async (repository) => {
      for (const each of sessions) await repository.open(each);
    });
    const { sessionDirectory, calls, state } = faultyDirectory(store.sessionDirectory);
    const [clock, uptime] = [manualClock(now), manualClock(0)];
    const list = createRevocationList({ sessionDirectory, clock, uptime });
    const [a, b, c] = sessions as [Session, Session, Session];
    return { store, list, calls, state, clock, uptime, a, b, c };
  };

  test('queries the store before the first poll', async () => {
    const { store, list, calls, a, b } = await openList();
    await end(store.storage, a);
    expect(list.age()).toBe(Infinity);
    expect(await list.isOpen(a)).toBe(false);
    expect(await list.isOpen(b)).toBe(true);
    expect(calls).toEqual({ isOpen: 2, endedSince: [] });
  });

  test('answers without the store after a poll, and knows the sessions that had ended by then', async () => {
    const { store, list, calls, a, b, c } = await openList();
    await end(store.storage, a);
    await list.poll();
    expect(await areOpen(list, [a, b, c])).toEqual([false, true, true]);
    await end(store.storage, b);
    await list.poll();
    expect(await areOpen(list, [a, b, c])).toEqual([false, false, true]);
    expect(calls.isOpen).toBe(0);
    expect(list.size).toBe(2);
  });

  test('reads only new ends with each poll', async () => {
    const { store, list, calls, a } = await openList();
    await list.poll();
    await list.poll();
    await end(store.storage, a);
    const { number } = await store.sessionDirectory.endedSince(-1, now);
    await list.poll();
    await list.poll();
    expect(calls.endedSince).toEqual([-1, number - 1, number - 1, number]);
  });

  test('relies on a poll for less than 750 ms after it was sent, then queries the store again', async () => {
    const { store, list, calls, uptime, a, b } = await openList();
    uptime.advance(5000);
    await list.poll();
    await end(store.storage, a);
    uptime.advance(749);
    expect(list.age()).toBe(749);
    expect(await list.isOpen(a)).toBe(true);
    uptime.advance(1);
    expect(await list.isOpen(a)).toBe(false);
    expect(await list.isOpen(b)).toBe(true);
    expect(calls.isOpen).toBe(2);
    await list.poll();
    expect(await list.isOpen(a)).toBe(false);
    expect(calls.isOpen).toBe(2);
  });

  test('queries the store after the machine has slept, when only the clock has advanced', async () => {
    const { store, list, calls, clock, a } = await openList();
    await list.poll();
    await end(store.storage, a);
    clock.advance(749);
    expect(await list.isOpen(a)).toBe(true);
    clock.advance(1);
    expect(list.age()).toBe(750);
    expect(await list.isOpen(a)).toBe(false);
    expect(calls.isOpen).toBe(1);
  });

  test('does not rely on a poll longer when the clock is set back', async () => {
    const { store, list, clock, uptime, a } = await openList();
    await list.poll();
    await end(store.storage, a);
    clock.advance(-hour);
    uptime.advance(750);
    expect(await list.isOpen(a)).toBe(false);
  });

  test('has the age of the query, not of its answer', async () => {
    const { list, calls, uptime, a } = await openList();
    const polled = list.poll();
    uptime.advance(750);
    await polled;
    expect(list.age()).toBe(750);
    expect(await list.isOpen(a)).toBe(true);
    expect(calls.isOpen).toBe(1);
  });

  test('rejects unknown sessions once the store fails for 750 ms, and ended ones always', async () => {
    const { store, list, calls, state, uptime, a, b } = await openList();
    await end(store.storage, a);
    await list.poll();
    state.faulty = true;
    await expect(list.poll()).rejects.toMatchObject(unavailability('storage_unavailable'));
    uptime.advance(749);
    expect(await areOpen(list, [a, b])).toEqual([false, true]);
    expect(calls.isOpen).toBe(0);
    uptime.advance(1);
    expect(await list.isOpen(a)).toBe(false);
    await expect(list.isOpen(b)).rejects.toMatchObject(unavailability('storage_unavailable'));
    await expect(list.isOpen(b)).rejects.toMatchObject(unavailability('storage_unavailable'));
    expect(calls.isOpen).toBe(2);
  });

  test('reads all ends again after a failed poll', async () => {
    const { store, list, calls, state, a, b } = await openList();
    await end(store.storage, a);
    await list.poll();
    state.faulty = true;
    await expect(list.poll()).rejects.toMatchObject(unavailability('storage_unavailable'));
    await expect(list.poll()).rejects.toMatchObject(unavailability('storage_unavailable'));
    state.faulty = false;
    await end(store.storage, b);
    await list.poll();
    expect(calls.endedSince.slice(2)).toEqual([-1, -1]);
    expect(await areOpen(list, [a, b])).toEqual([false, false]);
    await list.poll();
    expect(calls.endedSince.at(-1)).toBeGreaterThan(0);
  });

  test('knows at once the sessions that its own process has ended, even while the store fails', async () => {
    const { store, list, calls, state, a, b } = await openList();
    const own = revokingStorage(store.storage, list);
    await list.poll();
    await end(own, a);
    state.faulty = true;
    expect(await areOpen(list, [a, b])).toEqual([false, true]);
    expect(calls.isOpen).toBe(0);
  });

  test('learns all ends of a transaction on commit, and passes its result on', async () => {
    const { store, list, a, b, c } = await openList();
    await list.poll();
    const result = await revokingStorage(store.storage, list).atomically(async ({ sessions }) => {
      await sessions.end(a, 'logout', now);
      // Not before the commit.
      expect(await list.isOpen(a)).toBe(true);
      return (await sessions.end({ userId: b.userId, except: c.id }, 'revoked', now)).map(({ id }) => id);
    });
    expect(result).toEqual(['b']);
    expect(await areOpen(list, [a, b, c])).toEqual([false, false, true]);
  });

  test('learns nothing from a rolled-back transaction', async () => {
    const { store, list, a } = await openList();
    await list.poll();
    const failed = revokingStorage(store.storage, list).atomically(async ({ sessions }) => {
      await sessions.end(a, 'logout', now);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await list.isOpen(a)).toBe(true);
    expect(list.size).toBe(0);
  });

  test('learns only the ends of the second run when a transaction runs twice', async () => {
    const { store, list, a, b } = await openList();
    await list.poll();
    const targets = [a, b];
    await revokingStorage(retrying(store), list).atomically(({ sessions }) =>
      sessions.end(targets.shift() as Session, 'logout', now),
    );
    expect(await areOpen(list, [a, b])).toEqual([true, false]);
    expect(await store.sessionDirectory.isOpen(a)).toBe(true);
  });

  test('remembers an end until a minute after the last access token expires', async () => {
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

  test('remembers an end again after a clock that was ahead is set back', async () => {
    const { list, store, clock, uptime, a } = await openList();
    await end(store.storage, a);
    await list.poll();
    clock.advance(10 * 365 * 24 * hour);
    await sweep(list, uptime);
    expect(list.size).toBe(0);
    clock.advance(-10 * 365 * 24 * hour);
    uptime.advance(250);
    await list.poll();
    expect(await list.isOpen(a)).toBe(false);
  });
});

/** Polls after 10 s, so that the list drops expired entries. */
const sweep = async (list: PolledRevocationList, uptime: ManualClock) => {
  uptime.advance(10_000);
  await list.poll();
};
