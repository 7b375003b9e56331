import { expect, test } from 'vitest';
import { createProcess, openJwt } from '../../support/processes/processes.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';
import { from, password } from '../../support/test-application.ts';

const jwt = await openJwt();

const openTwo = async (store: TestStore) =>
  [createProcess(store, jwt), createProcess(await store.another(), jwt)] as const;

describeOnEachStore('64 guesses at once, the last one right, on two processes', (open) => {
  test('at most ten learn anything, and whoever is right waits for those who were wrong before', async () => {
    const processes = await openTwo(await open());
    const answers: { letIn: boolean; wrong: number; waiting: number }[] = [];
    for (let round = 0; round < 8; round += 1) {
      const [username, client] = [`user${round}`, from(`192.0.2.${round}`)];
      const { user } = await processes[0].registerUser({ username, password });
      const guesses = Array.from({ length: 64 }, (_, at) =>
        processes[at % 2 ? 1 : 0].logIn({ username, password: at === 63 ? password : 'wrong', client }),
      );
      const settled = await Promise.allSettled(guesses);
      const codes = settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'in'));
      const count = (wanted: string) => codes.filter((code) => code === wanted).length;
      answers.push({
        letIn: codes[63] === 'in',
        wrong: count('invalid_credentials'),
        waiting: count('too_many_attempts'),
      });
      const sessions = await processes[1].listSessions({ actor: { userId: user.id, sessionId: '' } });
      expect(sessions).toHaveLength(count('in'));
    }
    // Which of all is counted first is chance. Only a right one among the first ten sets the count back.
    const refused = answers.filter(({ letIn }) => !letIn);
    expect(refused).toEqual(refused.map(() => ({ letIn: false, wrong: 10, waiting: 54 })));
    expect(refused).not.toEqual([]);
  });
});
