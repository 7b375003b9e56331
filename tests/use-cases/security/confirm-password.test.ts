import type { ProfileUpdate } from '@mentorship/application';
import { InvalidValue, parsePassword } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { minutes } from '../../support/manual-clock.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  from,
  type Member,
  password,
  policy,
  type TestApplication,
} from '../../support/test-application.ts';

const newPassword = 'a new password';
const incorrect = fieldsRefused(['currentPassword', 'incorrect_password']);
const required = fieldsRefused(['currentPassword', 'required']);

let app: TestApplication;
let alice: Member;
const startWith = async (requireCurrentPassword: boolean): Promise<void> => {
  app = createTestApplication(() => ({ policy: { ...policy, requireCurrentPassword } }));
  alice = await app.join('alice', { email: 'a@example.com' });
};

describe.each([false, true])('the current password, required for a new one: %s', (requireCurrentPassword) => {
  beforeEach(() => startWith(requireCurrentPassword));

  test('allows a new one', async () => {
    await app.update(alice, { password: newPassword, currentPassword: password });
    await expect(app.logInAgain(alice, newPassword)).resolves.toHaveProperty('access');
  });

  test.each<ProfileUpdate>([
    { password: newPassword },
    { password: newPassword, email: 'new@example.com' },
    { email: 'new@example.com' },
    {},
  ])('is checked whenever it is sent, with %j', async (update) => {
    const [before, other] = [await app.own(alice), await app.logInAgain(alice)];
    for (const currentPassword of ['wrong', '', newPassword])
      await expect(app.update(alice, { ...update, currentPassword })).rejects.toMatchObject(incorrect);
    expect(await app.own(alice)).toStrictEqual(before);
    expect(await app.authenticate({ token: other.access })).toEqual(other.actor);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });

  test('changes nothing alone', async () => {
    const before = await app.own(alice);
    expect(await app.update(alice, { currentPassword: password })).toStrictEqual(before);
  });

  test.each<ProfileUpdate>([
    { email: null },
    { phone: '911' },
    { mentor: null },
    {},
    { password: 'plain$cost=0$********' },
  ])('is not required with %j', async (update) => {
    await expect(app.update(alice, update)).resolves.toHaveProperty('id', alice.id);
  });

  test('is not checked when another field is invalid', async () => {
    const update = { password: 'short', currentPassword: 'wrong' };
    await expect(app.update(alice, update)).rejects.toMatchObject(fieldsRefused(['password', 'too_short']));
  });

  test('after ten wrong guesses is refused, as is a login from the same address, but not from another', async () => {
    const client = from('192.0.2.1');
    const guess = (currentPassword: string) =>
      app.updateProfile({ actor: alice.actor, userId: alice.id, update: { currentPassword }, client });
    for (let count = 0; count < 10; count += 1) await expect(guess('wrong')).rejects.toMatchObject(incorrect);
    const waiting = refusal('too_many_attempts', { retryAfter: 900 });
    await expect(guess(password)).rejects.toMatchObject(waiting);
    await expect(app.logIn({ username: 'alice', password, client })).rejects.toMatchObject(waiting);
    const fromElsewhere = { username: 'alice', password, client: from('192.0.2.2') };
    await expect(app.logIn(fromElsewhere)).resolves.toHaveProperty('access');
  });
});

test('where it is not required, a new password may be sent alone', async () => {
  await startWith(false);
  await app.update(alice, { password: newPassword });
  await expect(app.logInAgain(alice, newPassword)).resolves.toHaveProperty('access');
});

describe('where it is required, a new password alone is refused', () => {
  beforeEach(() => startWith(true));

  test.each([newPassword, password, 'plain$cost=0$other'])('%j', async (secret) => {
    const before = await app.own(alice);
    await expect(app.update(alice, { password: secret, email: null })).rejects.toMatchObject(required);
    expect(await app.own(alice)).toStrictEqual(before);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });

  test('together with all other invalid fields', async () => {
    await expect(app.update(alice, { password: 'short', email: 'x' })).rejects.toMatchObject(
      fieldsRefused(['email', 'invalid_email'], ['password', 'too_short'], ['currentPassword', 'required']),
    );
  });
});

describe('guessed from many addresses', () => {
  const confirm = ({ actor, id }: Member, currentPassword: string, number: number) =>
    app.updateProfile({ actor, userId: id, update: { currentPassword }, client: from(`198.51.100.${number}`) });
  const guessFiveTimes = async () => {
    for (let number = 0; number < 5; number += 1)
      await expect(confirm(alice, 'wrong', number)).rejects.toMatchObject(incorrect);
  };
  const waiting = refusal('too_many_attempts', { retryAfter: 900 });
  let again: Member;
  beforeEach(async () => {
    const budgets = { ...policy.budgets, login_account: { attempts: 5, period: 15 * 60 } };
    app = createTestApplication(() => ({ policy: { ...policy, budgets } }));
    alice = await app.join('alice');
    again = await app.logInAgain(alice);
    await guessFiveTimes();
  });

  test('it is refused in this session, also for the end of the account, until the period ends', async () => {
    for (const typed of ['wrong', password]) await expect(confirm(alice, typed, 10)).rejects.toMatchObject(waiting);
    const ending = { actor: alice.actor, currentPassword: password, client: from('198.51.100.11') };
    await expect(app.endAccount(ending)).rejects.toMatchObject(waiting);
    app.clock.advance(minutes(15));
    await expect(confirm(alice, password, 10)).resolves.toHaveProperty('id', alice.id);
  });

  test('another session of the user and logins are not affected', async () => {
    for (const number of [0, 10]) {
      await expect(confirm(again, password, number)).resolves.toHaveProperty('id', alice.id);
      const client = from(`198.51.100.${number}`);
      await expect(app.logIn({ username: 'alice', password, client })).resolves.toHaveProperty('access');
    }
  });

  test('a login of the user does not reset the session’s limit', async () => {
    await app.logIn({ username: 'alice', password, client: from('198.51.100.10') });
    await expect(confirm(alice, password, 10)).rejects.toMatchObject(waiting);
  });
});

describe('the requests of one account that check or set its password', () => {
  const waiting = refusal('too_many_attempts', { retryAfter: 900 });
  let costly: string[];
  beforeEach(async () => {
    costly = [];
    const budgets = { ...policy.budgets, password: { attempts: 3, period: 15 * 60 } };
    app = createTestApplication(({ passwordHasher }) => ({
      policy: { ...policy, budgets },
      passwordHasher: {
        ...passwordHasher,
        hash: (text) => (costly.push('hash'), passwordHasher.hash(text)),
        verify: (...check) => (costly.push('verify'), passwordHasher.verify(...check)),
      },
      passwordRules: {
        parse: (text) => {
          costly.push('judge');
          if (text === 'easy to guess') throw new InvalidValue('easy_to_guess', 'Use unrelated words.');
          return parsePassword(text);
        },
      },
    }));
    alice = await app.join('alice');
  });
  const end = (currentPassword: string) => app.endAccount({ actor: alice.actor, currentPassword });
  const spend = async () => {
    const again = await app.logInAgain(alice);
    await expect(app.update(alice, { password: 'easy to guess' })).rejects.toMatchObject(
      fieldsRefused(['password', 'easy_to_guess']),
    );
    await app.update(again, { currentPassword: password });
    await expect(end('wrong')).rejects.toMatchObject(incorrect);
    costly = [];
  };

  test('are limited over all its sessions, before anything is judged or hashed, until the period ends', async () => {
    await spend();
    for (const update of [{ password: newPassword }, { currentPassword: password }])
      await expect(app.update(alice, update)).rejects.toMatchObject(waiting);
    await expect(end(password)).rejects.toMatchObject(waiting);
    expect(costly).toEqual([]);
    app.clock.advance(minutes(15));
    await app.update(alice, { password: newPassword });
    expect(costly).toEqual(['judge', 'hash']);
  });

  test('do not limit other changes, logins and other accounts', async () => {
    await spend();
    await expect(app.update(alice, { email: 'new@example.com' })).resolves.toHaveProperty('id', alice.id);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
    const bob = await app.join('bob');
    await expect(app.update(bob, { password: newPassword })).resolves.toHaveProperty('id', bob.id);
  });

  test('do not count when they are refused at no cost', async () => {
    for (let count = 0; count < 5; count += 1) {
      await expect(app.update(alice, { password: 'short' })).rejects.toMatchObject(
        fieldsRefused(['password', 'too_short']),
      );
      await expect(app.update(alice, { currentPassword: password, mentor: 'unknown' })).rejects.toMatchObject(
        fieldsRefused(['mentor', 'unknown_mentor']),
      );
    }
    await spend();
  });
});

describe('replaced in the same session while it is checked', () => {
  const accessRefused = refusal('access_token_refused');
  const replace = () => app.update(alice, { password: newPassword });
  beforeEach(() => startWith(false));

  test.each<ProfileUpdate>([
    { password: 'another password', email: 'new@example.com' },
    { email: 'new@example.com', mentor: 'bob' },
  ])('it allows no change: %j', async (update) => {
    await app.join('bob');
    app.meanwhile(replace);
    await expect(app.update(alice, { ...update, currentPassword: password })).rejects.toMatchObject(accessRefused);
    expect(await app.own(alice)).toMatchObject({ email: 'a@example.com', mentorUsername: null });
    await expect(app.logInAgain(alice, newPassword)).resolves.toHaveProperty('access');
    await expect(app.logInAgain(alice, 'another password')).rejects.toMatchObject(refusal('invalid_credentials'));
  });
});
