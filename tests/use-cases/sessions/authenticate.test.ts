import { beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

const refused = refusal('access_token_refused', {});

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
});

test('an access token identifies the user and the session', async () => {
  const claims = await app.ports.tokenSigner.verify('access', alice.access);
  expect(await app.authenticate({ token: alice.access })).toEqual({ userId: alice.id, sessionId: claims?.sid });
});

test('rejects a request without a token', async () => {
  await expect(app.authenticate({ token: null })).rejects.toMatchObject(refusal('not_authenticated', {}));
});

describe.each([{ allowEndedSession: false }, { allowEndedSession: true }])('with %j it rejects', (where) => {
  test.each(['', 'garbage', 'e30', 'bnVsbA', '\0'])('the text %j', async (token) => {
    await expect(app.authenticate({ token, ...where })).rejects.toMatchObject(refused);
  });

  test('a refresh token', async () => {
    await expect(app.authenticate({ token: alice.refresh, ...where })).rejects.toMatchObject(refused);
  });

  test('an expired token', async () => {
    const { exp = 0 } = (await app.ports.tokenSigner.verify('access', alice.access)) ?? {};
    app.clock.advance(exp * 1000 - 1 - app.clock.now());
    expect(await app.authenticate({ token: alice.access, ...where })).toEqual(alice.actor);
    app.clock.advance(1);
    await expect(app.authenticate({ token: alice.access, ...where })).rejects.toMatchObject(refused);
  });
});

test('accepts a token of an ended session only where the caller allows it', async () => {
  await app.logOut(alice);
  await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refused);
  expect(await app.authenticate({ token: alice.access, allowEndedSession: true })).toEqual(alice.actor);
});

test('rejects a token with the session of another user', async () => {
  const bob = await app.join('bob');
  const { tokenSigner } = app.ports;
  const claims = await tokenSigner.verify('access', alice.access);
  const token = await tokenSigner.sign({ ...claims!, sid: bob.actor.sessionId });
  await expect(app.authenticate({ token })).rejects.toMatchObject(refused);
});

test('a new password ends sessions of which only access tokens are live', async () => {
  app.clock.advance(minutes(59));
  const { access } = await app.refreshAccess(alice);
  app.clock.advance(minutes(2));
  const again = await app.logInAgain(alice);
  await app.update(again, { password: 'a new password' });
  await expect(app.authenticate({ token: access })).rejects.toMatchObject(refused);
});
