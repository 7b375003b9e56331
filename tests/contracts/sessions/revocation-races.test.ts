import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import { createRevocationList, type PolledRevocationList, revokingStorage } from '@mentorship/adapters/security';
import type { RevocationList, SessionReference, Storage } from '@mentorship/application';
import type { Session } from '@mentorship/domain';
import { sample, shuffledSubarray } from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../support/manual-clock.ts';
import { addUsers, now, session, within } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const end = (storage: Storage, { id, userId }: SessionReference) =>
  storage.atomically(({ sessions }) => sessions.end({ id, userId }, 'logout', now));

describeOnEachStore('the revocation list', (open) => {
  test('of each of three processes knows all ends after its next poll', async () => {
    const store = await open();
    const [owner] = await addUsers(store, 'owner');
    const stores = [store, await store.another(), await store.another()];
    const processes = stores.map((each) => {
      const list = createRevocationList({ ...each, clock: manualClock(now), uptime: manualClock(0) });
      return { list, storage: revokingStorage(each.storage, list) };
    });
    const ids = Array.from({ length: 24 }, (_, at) => at);
    for (const [round, ending] of sample(shuffledSubarray(ids), 8).entries()) {
      const sessions = ids.map((id) => session(`${round}:${id}`, owner.id));
      await within(store, 'sessions', async (repository) => {
        for (const each of sessions) await repository.open(each);
      });
      const ended = ending.map((id) => sessions[id] as Session);
      let over = false;
      const poll = async (list: PolledRevocationList) => {
        while (!over) {
          await list.poll();
          await nextEventLoopTurn();
        }
      };
      const work = async () => {
        await Promise.all(ended.map((each, at) => endAndCheck(processes[at % 3]!, each)));
        over = true;
      };
      await Promise.all([work(), ...processes.map(({ list }) => poll(list))]);
      for (const { list } of processes) {
        await list.poll();
        const isOpen = await Promise.all(sessions.map((each) => list.isOpen(each)));
        expect(sessions.filter((_, at) => !isOpen[at])).toEqual(ended.toSorted(asIn(sessions)));
      }
    }
  });
});

/** Ends the session on a process, whose list knows at once. */
const endAndCheck = async ({ list, storage }: { list: RevocationList; storage: Storage }, each: Session) => {
  await end(storage, each);
  expect(await list.isOpen(each)).toBe(false);
};

const asIn = (order: readonly Session[]) => (a: Session, b: Session) => order.indexOf(a) - order.indexOf(b);
