import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { Store } from '@mentorship/adapters/store';
import { expect, test } from 'vitest';
import { deadlocksOn } from '../../support/store/deadlocks.ts';
import { manualClock, minutes } from '../../support/manual-clock.ts';
import { createProcess, openJwt } from '../../support/processes/processes.ts';
import { now } from '../../support/records.ts';
import { describeOnPostgres, describeOnEachStore } from '../../support/store/stores.ts';
import { from, password, policy } from '../../support/test-application.ts';

const jwt = await openJwt();

/** One failure at an address, and an account waits there. */
const onlyOne = { ...policy, budgets: { ...policy.budgets, login: { attempts: 1, period: 15 * 60 } } };
const people = Array.from({ length: 20 }, (_, at) => ({ username: `user${at}`, client: from(`192.0.2.${at}`) }));

/** What twenty at once are told on two processes, half of them wrong, whose counts of a while ago are all over. */
const logInAfterAWhile = async (...stores: [Store, Store]) => {
  const clock = manualClock(now);
  const processes = stores.map((store) => createProcess(store, jwt, clock, onlyOne));
  const atOnce = (typedBy: (at: number) => string) =>
    Promise.all(
      people.map((person, at) =>
        processes[at % 2]!.logIn({ ...person, password: typedBy(at) }).then(
          () => 'in',
          (error: { code: string }) => error.code,
        ),
      ),
    );
  for (const { username } of people) await processes[0]!.registerUser({ username, password });
  await atOnce(() => 'wrong');

  const rounds = [];
  for (let round = 0; round < 4; round += 1) {
    clock.advance(minutes(15));
    const isWrong = (at: number) => (at >> 1) % 2 === round % 2;
    const told = await atOnce((at) => (isWrong(at) ? 'wrong' : password));
    const afterwards = await atOnce(() => password);
    rounds.push({ told, afterwards });
    expect(told).toEqual(people.map((_, at) => (isWrong(at) ? 'invalid_credentials' : 'in')));
    expect(afterwards).toEqual(people.map((_, at) => (isWrong(at) ? 'too_many_attempts' : 'in')));
  }
  return rounds;
};

describeOnEachStore('20 logins at once after a quiet quarter of an hour', (open) => {
  test('are all answered, and every failure counts', async () => {
    const store = await open();
    expect(await logInAfterAWhile(store, await store.another())).toHaveLength(4);
  });
});

describeOnPostgres('20 logins at once after a quiet quarter of an hour', (create) => {
  test('do not stand in each other’s way', async () => {
    const database = await create();
    const stores = [await openKyselyStore(database.url), await openKyselyStore(database.url)] as const;
    try {
      await logInAfterAWhile(...stores);
    } finally {
      for (const store of stores) await store.close();
    }
    expect(await deadlocksOn(database)).toBe(0);
  });
});
