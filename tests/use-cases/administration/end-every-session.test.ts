import { expect, test } from 'vitest';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication } from '../../support/test-application.ts';

test('ends the sessions of all users, a hundred users a transaction', async () => {
  const app = createTestApplication();
  const members = [];
  for (let number = 0; number < 205; number += 1) members.push(await app.join(`user${number}`));
  const progress: number[] = [];
  const ended = await app.administration.endEverySession({ onProgress: (done) => progress.push(done) });
  expect(ended).toBe(205);
  expect(progress).toEqual([100, 200, 205]);
  for (const { access } of members)
    await expect(app.authenticate({ token: access })).rejects.toMatchObject(refusal('access_token_refused', {}));
  const { events } = await app.listEvents({ actor: members[0]!.actor, limit: 1 });
  expect(events).toMatchObject([{ type: 'session_ended', reason: 'revoked' }]);
  expect(await app.administration.endEverySession()).toBe(0);
});
