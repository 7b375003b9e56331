import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock } from '../../support/manual-clock.ts';
import { createProcess, openJwt } from '../../support/processes/processes.ts';
import { newTally, runTrace } from '../../support/sessions/rotation-run.ts';
import { allTraces, tracePolicy } from '../../support/sessions/rotation-traces.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';
import { password } from '../../support/test-application.ts';

const jwt = await openJwt();

describeOnEachStore('refresh tokens of two processes', (open) => {
  test('get the answers of the model, on random traces', async () => {
    const [store, clock, tally] = [await open(), manualClock(), newTally()];
    const processes = [store, await store.another()].map((own) => createProcess(own, jwt, clock, tracePolicy));
    const [first] = processes;
    await first!.registerUser({ username: 'alice', password });
    const service = { processes, clock, logIn: () => first!.logIn({ username: 'alice', password }) };

    const property = fc.asyncProperty(allTraces, (trace) => runTrace(service, trace, tally));
    await fc.assert(property, { numRuns: 40 });
    expect(tally).toMatchObject({ honestLoggedOutWithin30: 0 });
    expect(tally.rotations).toBeGreaterThan(0);
  });
});
