import type { ProfileUpdate } from '@mentorship/application';
import { beforeEach, describe, expect, test } from 'vitest';
import { fieldsRefused, refusal } from '../support/refusals.ts';
import {
  createTestApplication,
  from,
  type Member,
  password,
  policy,
  type TestApplication,
} from '../support/test-application.ts';

const newPassword = 'a new password';
const incorrect = fieldsRefused(['currentPassword', 'incorrect_password']);
const required = fieldsRefused(['currentPassword', 'required']);

let app: TestApplication;
let alice: Member;
const startWith = async (requireCurrentPassword: boolean): Promise<void> => {
  app = createTestApplication(() => ({ policy: { ...policy, requireCurrentPassword } }));
  alice = await app.join('alice', { email: 'a@example.com' });
};

describe.each([false, true])('the present password, where needing it is %s', (requireCurrentPassword) => {
  beforeEach(() => startWith(requireCurrentPassword));

  test('lets a new one in', async () => {
    await app.update(alice, { password: newPassword, currentPassword: password });
    await expect(app.logInAgain(alice, newPassword)).resolves.toHaveProperty('access');
  });

  test.each<ProfileUpdate>([
    { password: newPassword },
    { password: newPassword, email: 'new@example.com' },
    { email: 'new@example.com' },
    {},
  ])('is checked when it is sent, with %j', async (update) => {
    const [before, other] = [await app.own(alice), await app.logInAgain(alice)];
    for (const currentPassword of ['wrong', '', newPassword])
      await expect(app.update(alice, { ...update, currentPassword })).rejects.toMatchObject(incorrect);
    expect(await app.own(alice)).toStrictEqual(before);
    expect(await app.authenticate({ token: other.access })).toEqual(other.actor);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });

  test('changes nothing by itself', async () => {
    const before = await app.own(alice);
    expect(await app.update(alice, { currentPassword: password })).toStrictEqual(before);
  });

  test.each<ProfileUpdate>([
    { email: null },
    { phone: '911' },
    { mentor: null },
    {},
    { password: 'plain$cost=0$********' },
  ])('need not be sent with %j', async (update) => {
    await expect(app.update(alice, update)).resolves.toHaveProperty('id', alice.id);
  });

  test('is not looked at when another field is wrong', async () => {
    const update = { password: 'short', currentPassword: 'wrong' };
    await expect(app.update(alice, update)).rejects.toMatchObject(fieldsRefused(['password', 'too_short']));
  });

  test('guessed ten times wrong has to wait, and so has a login from there; not one from elsewhere', async () => {
    const client = from('192.0.2.1');
    const guess = (currentPassword: string) =>
      app.updateProfile({ actor: alice.actor, userId: alice.id, update: { currentPassword }, client });
    for (let count = 0; count < 10; count += 1) await expect(guess('wrong')).rejects.toMatchObject(incorrect);
    const waiting = refusal('too_many_attempts', { retryAfter: 900 });
    await expect(guess(password)).rejects.toMatchObject(waiting);
    await expect(app.logIn({ username: 'alice', password, client })).rejects.toMatchObject(waiting);
    const elsewhere = { username: 'alice', password, client: from('192.0.2.2') };
    await expect(app.logIn(elsewhere)).resolves.toHaveProperty('access');
  });
});

test('where it is not needed, a new password may come alone', async () => {
  await startWith(false);
  await app.update(alice, { password: newPassword });
  await expect(app.logInAgain(alice, newPassword)).resolves.toHaveProperty('access');
});

describe('where it is needed, a new password alone is refused', () => {
  beforeEach(() => startWith(true));

  test.each([newPassword, password, 'plain$cost=0$other'])('%j', async (secret) => {
    const before = await app.own(alice);
    await expect(app.update(alice, { password: secret, email: null })).rejects.toMatchObject(required);
    expect(await app.own(alice)).toStrictEqual(before);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });

  test('with all other wrong fields named beside it', async () => {
    await expect(app.update(alice, { password: 'short', email: 'x' })).rejects.toMatchObject(
      fieldsRefused(['email', 'invalid_email'], ['password', 'too_short'], ['currentPassword', 'required']),
    );
  });
});
