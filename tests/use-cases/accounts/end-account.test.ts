import type { ClosingReason } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { recordingStorage, type RepositoryCall } from '../../support/store/recording-storage.ts';
import { fieldsRefused, refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  from,
  type Member,
  password,
  type TestApplication,
} from '../../support/test-application.ts';

const accessRefused = refusal('access_token_refused', {});
const credentialsRefused = refusal('invalid_credentials', {});

let app: TestApplication;
let calls: RepositoryCall[];
let bob: Member;
let alice: Member;
beforeEach(async () => {
  calls = [];
  app = createTestApplication(({ storage }) => ({ storage: recordingStorage(storage, (call) => calls.push(call)) }));
  bob = await app.join('bob');
  alice = await app.join('alice', { email: 'a@example.com', phone: '112', mentorUsername: 'bob' });
  await app.join('carol', { mentorUsername: 'alice' });
});

const end = ({ actor }: Member, currentPassword = password): Promise<void> =>
  app.endAccount({ actor, currentPassword });

describe('a wrong password', () => {
  test.each(['wrong', '', ' 12345678', '\0', 'plain$cost=0$********'])('changes nothing: %j', async (typed) => {
    const [before, mentors] = [await app.own(alice), await app.mentors()];
    await expect(end(alice, typed)).rejects.toMatchObject(fieldsRefused(['currentPassword', 'incorrect_password']));
    expect(await app.own(alice)).toStrictEqual(before);
    expect(await app.mentors()).toEqual(mentors);
    await expect(app.refreshAccess(alice)).resolves.toHaveProperty('access');
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });

  test('counts as a failed attempt: after ten, the right one is refused too', async () => {
    const guess = (currentPassword: string) =>
      app.endAccount({ actor: alice.actor, currentPassword, client: from('192.0.2.1') });
    for (let count = 0; count < 10; count += 1)
      await expect(guess('wrong')).rejects.toMatchObject(refusal('validation_failed'));
    await expect(guess(password)).rejects.toMatchObject(refusal('too_many_attempts', { retryAfter: 900 }));
    expect(await app.own(alice)).toMatchObject({ username: 'alice' });
  });
});

describe('an ended account', () => {
  test('has no live session and refuses logins', async () => {
    const other = await app.logInAgain(alice);
    await end(alice);
    for (const { access, refresh, actor } of [alice, other]) {
      await expect(app.authenticate({ token: access })).rejects.toMatchObject(accessRefused);
      await expect(app.refreshAccess({ refresh })).rejects.toMatchObject(refusal('refresh_token_refused'));
      await expect(app.logOut({ actor, refresh })).rejects.toMatchObject(refusal('logout_token_refused'));
    }
    for (const username of ['alice', `former user ${alice.id}`])
      for (const typed of [password, ''])
        await expect(app.logIn({ username, password: typed })).rejects.toMatchObject(credentialsRefused);
  });

  test('is not shown anywhere, and its mentorships have ended on both sides', async () => {
    await end(alice);
    await expect(app.viewUser({ actor: bob.actor, userId: alice.id })).rejects.toMatchObject(refusal('user_not_found'));
    expect(await app.mentors()).toEqual({ bob: null, carol: null });
    expect(await app.own(bob)).toMatchObject({ mentees: [] });
    expect((await app.listUsers({ mentor: 'alice' })).users).toEqual([]);
    await expect(app.update(bob, { mentor: 'alice' })).rejects.toMatchObject(
      fieldsRefused(['mentor', 'unknown_mentor']),
    );
  });

  test('leaves its name to a new account without its data', async () => {
    await end(alice);
    const next = await app.join('ALICE');
    expect(next.id).not.toBe(alice.id);
    expect(await app.own(next)).toMatchObject({ email: null, phone: null, mentorUsername: null, mentees: [] });
    const { events } = await app.listEvents({ actor: next.actor });
    expect(events.map(({ type }) => type)).toEqual(['logged_in', 'registered']);
  });

  test('keeps a pseudonym in the history that cannot be registered', async () => {
    calls.length = 0;
    await end(alice);
    const reason: ClosingReason = 'account_ended';
    const at = app.clock.now();
    expect(calls).toContainEqual(['users.erase', alice.id, expect.any(String), at]);
    expect(calls).toContainEqual(['mentorships.closeAll', { user: alice.id, reason, at }]);
    expect(calls).toContainEqual(['sessions.eraseClients', alice.id]);
    expect(calls.at(-1)).toEqual(['storage.eraseTraces']);
    await expect(app.registerUser({ username: `former user ${alice.id}`, password })).rejects.toMatchObject(
      fieldsRefused(['username', 'invalid_username']),
    );
  });
});

describe('the account stays when, while the password is checked,', () => {
  test('another session sets a new one', async () => {
    const other = await app.logInAgain(alice);
    app.meanwhile(() => app.update(other, { password: 'a new password' }));
    await expect(end(alice)).rejects.toMatchObject(accessRefused);
    expect(await app.own(other)).toMatchObject({ email: 'a@example.com', mentorUsername: 'bob', mentees: ['carol'] });
    await expect(app.logInAgain(alice, 'a new password')).resolves.toHaveProperty('access');
  });

  test('the same session sets a new one', async () => {
    const before = await app.own(alice);
    app.meanwhile(() => app.update(alice, { password: 'a new password' }));
    await expect(end(alice)).rejects.toMatchObject(accessRefused);
    const { password: _, ...kept } = before;
    expect(await app.own(alice)).toMatchObject(kept);
    await expect(app.logInAgain(alice, 'a new password')).resolves.toHaveProperty('access');
  });

  test('the session ends', async () => {
    app.meanwhile(() => app.logOut(alice));
    await expect(end(alice)).rejects.toMatchObject(accessRefused);
    await expect(app.logInAgain(alice)).resolves.toHaveProperty('access');
  });
});

describe('while the account ends', () => {
  test.each([
    ['a new password', { password: 'a new password' }],
    ['all fields', { password: 'a new password', email: 'new@example.com', phone: '911', mentor: 'carol' }],
  ])('%s is refused and restores nothing', async (_, update) => {
    app.meanwhile(() => end(alice));
    await expect(app.update(alice, update)).rejects.toMatchObject(accessRefused);
    await expect(app.viewUser({ actor: bob.actor, userId: alice.id })).rejects.toMatchObject(refusal('user_not_found'));
    expect(await app.mentors()).toEqual({ bob: null, carol: null });
    for (const typed of [password, 'a new password'])
      await expect(app.logInAgain(alice, typed)).rejects.toMatchObject(credentialsRefused);
  });

  test('a login is refused', async () => {
    app.meanwhile(() => end(alice));
    await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(credentialsRefused);
  });

  test('a registration with it as mentor is refused', async () => {
    app.meanwhile(() => end(alice));
    const registering = app.registerUser({ username: 'dave', password, mentorUsername: 'alice' });
    await expect(registering).rejects.toMatchObject(fieldsRefused(['mentorUsername', 'unknown_mentor']));
    expect(await app.mentors()).toEqual({ bob: null, carol: null });
  });

  test('concurrent logins and refreshes leave no valid token behind', async () => {
    const concurrent = await Promise.allSettled([
      app.logIn({ username: 'alice', password }),
      app.refreshAccess(alice),
      end(alice),
      app.update(alice, { email: 'new@example.com' }),
      app.logIn({ username: 'alice', password }),
      app.refreshAccess(alice),
      end(alice),
    ]);
    const tokens = concurrent.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : []));
    for (const { access } of tokens.filter((one): one is { access: string } => 'access' in one))
      await expect(app.authenticate({ token: access })).rejects.toMatchObject(accessRefused);
    const ends = [concurrent[2], concurrent[6]].map((one) => one?.status);
    expect(ends.toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await app.mentors()).toEqual({ bob: null, carol: null });
  });
});
