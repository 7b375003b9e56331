import { expect, test } from 'vitest';
import { openJwt } from '../../support/processes/processes.ts';
import { refusal } from '../../support/refusals.ts';
import { fulfilled, openTwoOn, reasons, type Run, times } from '../../support/processes/two-processes.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const jwt = await openJwt();

describeOnEachStore('concurrent changes of the detail that was read', (open) => {
  test('of 10, through two processes, one succeeds and the others are refused', async () => {
    const two = await openTwoOn(jwt, await open());
    const { actor, user } = await two.join('racer');
    const change =
      (phone: string): Run<unknown> =>
      (process) =>
        process.updateProfile({
          actor,
          userId: user.id,
          update: { phone },
          accepts: (current) => current.phone === user.phone,
        });
    const results = await two.race(Array.from({ length: 10 }, (_, at) => change(`555-01${at}`)));
    expect(fulfilled(results)).toHaveLength(1);
    expect(reasons(results)).toMatchObject(times(9, () => refusal('precondition_failed')));
  });
});
