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

/** After one failure, an account has to wait at that address. */
const oneAttempt = { ...policy, budgets: { ...policy.budgets, login: { attempts: 1, period: 15 * 60 } } };
const users = Array.from({ length: 20 }, (_, at) => ({ username: `user${at}`, client: from(`192.0.2.${at}`) }));
/** The same at one IPv6 line, so that all count under its /56 and its /48. */
const usersOfOneLine = users.map(({ username }, at) => ({
  username,
  client: { ...from('2001:db8::1'), network: `2001:db8:0:${at.toString(16)}::/64` },
}));

/** Twenty concurrent logins on two processes, half with a wrong password, when all earlier counts have expired. */
const logInAfterExpiry = async (stores: readonly [Store, Store], crowd: typeof users) => {
  const clock = manualClock(now);
  const processes = stores.map((store) => createProcess(store, jwt, clock, oneAttempt));
  const logInAll = (passwordOf: (at: number) => string) =>
    Promise.all(
      crowd.map((user, at) =>
        processes[at % 2]!.logIn({ ...user, password: passwordOf(at) }).then(
          () => 'logged_in',
          (error: { code: string }) => error.code,
        ),
      ),
    );
  for (const { username } of crowd) await processes[0]!.registerUser({ username, password });
  await logInAll(() => 'wrong');

  const rounds = [];
  for (let round = 0; round < 4; round += 1) {
    clock.advance(minutes(15));
    const isWrong = (at: number) => (at >> 1) % 2 === round % 2;
    const outcomes = await logInAll((at) => (isWrong(at) ? 'wrong' : password));
    const afterwards = await logInAll(() => password);
    rounds.push({ outcomes, afterwards });
    expect(outcomes).toEqual(crowd.map((_, at) => (isWrong(at) ? 'invalid_credentials' : 'logged_in')));
    expect(afterwards).toEqual(crowd.map((_, at) => (isWrong(at) ? 'too_many_attempts' : 'logged_in')));
  }
  return rounds;
};

describeOnEachStore('20 concurrent logins after the counts expired', (open) => {
  test('all receive an answer, and every failure counts', async () => {
    const store = await open();
    expect(await logInAfterExpiry([store, await store.another()], users)).toHaveLength(4);
  });
});

describeOnPostgres('20 concurrent logins after the counts expired', (create) => {
  test.each([
    ['from different addresses', users],
    ['from one IPv6 line', usersOfOneLine],
  ])('%s cause no deadlock', async (_, crowd) => {
    const database = await create();
    const stores = [await openKyselyStore(database.url), await openKyselyStore(database.url)] as const;
    try {
      await logInAfterExpiry(stores, crowd);
    } finally {
      for (const store of stores) await store.close();
    }
    expect(await deadlocksOn(database)).toBe(0);
  });
});
