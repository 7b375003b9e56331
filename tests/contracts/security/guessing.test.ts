import { expect, test } from 'vitest';
import { createProcess, openJwt } from '../../support/processes/processes.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';
import { from, password } from '../../support/test-application.ts';

const jwt = await openJwt();

const openTwo = async (store: TestStore) =>
  [createProcess(store, jwt), createProcess(await store.another(), jwt)] as const;

describeOnEachStore('64 concurrent guesses on two processes, the last one correct', (open) => {
  test('at most ten learn whether they were correct', async () => {
    const processes = await openTwo(await open());
    const answers: { loggedIn: boolean; wrong: number; waiting: number }[] = [];
    for (let round = 0; round < 8; round += 1) {
      const [username, client] = [`user${round}`, from(`192.0.2.${round}`)];
      const { user } = await processes[0].registerUser({ username, password });
      const guesses = Array.from({ length: 64 }, (_, at) =>
        processes[at % 2 ? 1 : 0].logIn({ username, password: at === 63 ? password : 'wrong', client }),
      );
      const settled = await Promise.allSettled(guesses);
      const codes = settled.map((result) =>
        result.status === 'rejected' ? (result.reason as { code: string }).code : 'logged_in',
      );
      const count = (wanted: string) => codes.filter((code) => code === wanted).length;
      answers.push({
        loggedIn: codes[63] === 'logged_in',
        wrong: count('invalid_credentials'),
        waiting: count('too_many_attempts'),
      });
      const sessions = await processes[1].listSessions({ actor: { userId: user.id, sessionId: '' } });
      expect(sessions).toHaveLength(count('logged_in'));
    }
    // The order of counting is random. Only a correct guess among the first ten resets the count.
    const refused = answers.filter(({ loggedIn }) => !loggedIn);
    expect(refused).toEqual(refused.map(() => ({ loggedIn: false, wrong: 10, waiting: 54 })));
    expect(refused).not.toEqual([]);
  });
});
