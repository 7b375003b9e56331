import { beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, lifetimes, type Member, type TestApplication } from '../../support/test-application.ts';

const refused = refusal('refresh_token_refused', {});

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
});

test('a refresh returns only a new access token of the same session', async () => {
  app.clock.advance(minutes(30));
  const answer = await app.refreshAccess({ refresh: alice.refresh });
  expect(Object.keys(answer)).toEqual(['access']);
  expect(answer.access).not.toBe(alice.access);
  expect(await app.authenticate({ token: answer.access })).toEqual(alice.actor);

  const iat = Math.floor(app.clock.now() / 1000);
  const claims = await app.ports.tokenSigner.verify('access', answer.access);
  expect(claims).toMatchObject({ iat, exp: iat + lifetimes.access });
});

test('the same refresh token works repeatedly, each time for another access token', async () => {
  const tokens = new Set([alice.access]);
  for (let round = 0; round < 5; round += 1) tokens.add((await app.refreshAccess(alice)).access);
  expect(tokens.size).toBe(6);
  for (const token of tokens) expect(await app.authenticate({ token })).toEqual(alice.actor);
});

test('it works until it expires, and no refresh extends it', async () => {
  const { exp = 0 } = (await app.ports.tokenSigner.verify('refresh', alice.refresh)) ?? {};
  app.clock.advance(exp * 1000 - 1 - app.clock.now());
  await expect(app.refreshAccess(alice)).resolves.toHaveProperty('access');
  app.clock.advance(1);
  await expect(app.refreshAccess(alice)).rejects.toMatchObject(refused);
});

test('an access token of the session’s last minute stays valid after the refresh token expires', async () => {
  app.clock.advance(minutes(59));
  const { access } = await app.refreshAccess(alice);
  app.clock.advance(minutes(19));
  await app.join('bob');
  expect(await app.authenticate({ token: access })).toEqual(alice.actor);
});

describe('refuses', () => {
  test('an access token', async () => {
    await expect(app.refreshAccess({ refresh: alice.access })).rejects.toMatchObject(refused);
  });

  test.each(['', 'garbage', 'e30', 'bnVsbA', 'W10', '\0'])('the text %j', async (refresh) => {
    await expect(app.refreshAccess({ refresh })).rejects.toMatchObject(refused);
  });

  test('the token of a logged-out session', async () => {
    await app.logOut({ actor: alice.actor, refresh: alice.refresh });
    await expect(app.refreshAccess(alice)).rejects.toMatchObject(refused);
  });

  test('the token of a session that ended by a new password', async () => {
    const again = await app.logInAgain(alice);
    await app.update(again, { password: 'a new password' });
    await expect(app.refreshAccess(alice)).rejects.toMatchObject(refused);
    await expect(app.refreshAccess(again)).resolves.toHaveProperty('access');
  });

  test.each([
    ['the session does not exist', () => ({ sid: 'unknown' })],
    ['the session is another user’s', (bob: Member) => ({ sid: bob.actor.sessionId })],
  ])('a valid token when %s', async (_, changed) => {
    const bob = await app.join('bob');
    const { tokenSigner } = app.ports;
    const claims = await tokenSigner.verify('refresh', alice.refresh);
    const refresh = await tokenSigner.sign({ ...claims!, ...changed(bob) });
    await expect(app.refreshAccess({ refresh })).rejects.toMatchObject(refused);
  });
});
