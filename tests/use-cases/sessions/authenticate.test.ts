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

test('an access token says who acts, and in which session', async () => {
  const claims = await app.ports.tokenSigner.verify('access', alice.access);
  expect(await app.authenticate({ token: alice.access })).toEqual({ userId: alice.id, sessionId: claims?.sid });
});

test('nobody acts without a token', async () => {
  await expect(app.authenticate({ token: null })).rejects.toMatchObject(refusal('not_authenticated', {}));
});

describe.each([{ allowEndedSession: false }, { allowEndedSession: true }])('with %j nobody acts by', (where) => {
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

test('an ended session is let in only where it is asked for', async () => {
  await app.logOut(alice);
  await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refused);
  expect(await app.authenticate({ token: alice.access, allowEndedSession: true })).toEqual(alice.actor);
});

test('a token with another user’s session is nobody’s', async () => {
  const bob = await app.join('bob');
  const { tokenSigner } = app.ports;
  const claims = await tokenSigner.verify('access', alice.access);
  const token = await tokenSigner.sign({ ...claims!, sid: bob.actor.sessionId });
  await expect(app.authenticate({ token })).rejects.toMatchObject(refused);
});

test('a new password closes other sessions also when only their access tokens are left', async () => {
  app.clock.advance(minutes(59));
  const { access } = await app.refreshAccess(alice);
  app.clock.advance(minutes(2));
  const again = await app.logInAgain(alice);
  await app.update(again, { password: 'a new password' });
  await expect(app.authenticate({ token: access })).rejects.toMatchObject(refused);
});
