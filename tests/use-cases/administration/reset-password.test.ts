import { parsePassword } from '@mentorship/domain';
import { beforeEach, expect, test } from 'vitest';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

const newPassword = 'another password';
const loginRefused = refusal('invalid_credentials', {});

let app: TestApplication;
let alice: Member;
beforeEach(async () => {
  app = createTestApplication();
  alice = await app.join('alice');
});

test('replaces the password and ends every session', async () => {
  const change = await app.administration.resetPassword({ username: 'Alice', password: newPassword });
  expect(change).toMatchObject({ user: { id: alice.id }, changed: true, endedSessions: 1 });
  await expect(app.authenticate({ token: alice.access })).rejects.toMatchObject(refusal('access_token_refused', {}));
  await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(loginRefused);
  const { actor } = await app.logInAgain(alice, newPassword);
  const { events } = await app.listEvents({ actor });
  expect(events).toMatchObject([
    { type: 'logged_in' },
    { type: 'login_failed' },
    { type: 'session_ended', reason: 'password_changed' },
    { type: 'password_changed' },
    { type: 'logged_in' },
    { type: 'registered' },
  ]);
});

test('refuses a password that the rules refuse, and changes nothing', async () => {
  const short = app.administration.resetPassword({ username: 'alice', password: 'short' });
  await expect(short).rejects.toMatchObject(fieldsRefused(['password', 'too_short']));
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
});

test.each([
  { email: 'a@example.com', phone: '+79999999999', words: ['alice', 'a@example.com', '+79999999999'] },
  { email: null, phone: null, words: ['alice', '', ''] },
])('gives the rules the words that the password must not contain: $words', async ({ email, phone, words }) => {
  const seen: unknown[] = [];
  app = createTestApplication(() => ({
    passwordRules: {
      parse: (text, personal) => {
        seen.push(personal);
        return parsePassword(text);
      },
    },
  }));
  await app.join('alice', { email, phone });
  seen.length = 0;
  await app.administration.resetPassword({ username: 'ALICE', password: newPassword });
  expect(seen).toEqual([words]);
});

test('leaves a deactivated user deactivated', async () => {
  await app.administration.deactivateUser({ username: 'alice' });
  await app.administration.resetPassword({ username: 'alice', password: newPassword });
  await expect(app.logIn({ username: 'alice', password: newPassword })).rejects.toMatchObject(loginRefused);
});

test('throws user_not_found for an unknown name, and when the account ends meanwhile', async () => {
  const reset = (username: string) => app.administration.resetPassword({ username, password: newPassword });
  await expect(reset('unknown')).rejects.toMatchObject(refusal('user_not_found', {}));
  app.meanwhile(() => app.endAccount({ actor: alice.actor, currentPassword: password }));
  await expect(reset('alice')).rejects.toMatchObject(refusal('user_not_found', {}));
});
