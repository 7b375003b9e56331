import { maxOpenSessions, type PasswordHash } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { recordingStorage } from '../../support/store/recording-storage.ts';
import { day } from '../../support/records.ts';
import { refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  lifetimes,
  type Member,
  password,
  type TestApplication,
} from '../../support/test-application.ts';

const refused = refusal('invalid_credentials', {});

let app: TestApplication;
beforeEach(() => {
  app = createTestApplication();
});

test('a login returns one token of each type, for one new session', async () => {
  const { id } = await app.join('alice');
  const tokens = await app.logIn({ username: 'alice', password });
  expect(Object.keys(tokens)).toEqual(['refresh', 'access']);

  const { tokenSigner, clock } = app.ports;
  const access = await tokenSigner.verify('access', tokens.access);
  const refresh = await tokenSigner.verify('refresh', tokens.refresh);
  const iat = Math.floor(clock.now() / 1000);
  expect(access).toMatchObject({ user_id: id, iat, exp: iat + lifetimes.access });
  expect(refresh).toMatchObject({ user_id: id, iat, exp: iat + lifetimes.refresh });
  expect(refresh?.sid).toBe(access?.sid);
  expect(refresh?.jti).not.toBe(access?.jti);
});

test('each login opens a session of its own', async () => {
  const alice = await app.join('alice');
  const again = await app.logInAgain(alice);
  expect(again.actor.sessionId).not.toBe(alice.actor.sessionId);
  await app.logOut({ actor: again.actor, refresh: again.refresh });
  expect(await app.authenticate({ token: alice.access })).toEqual(alice.actor);
});

describe('the name matches in any spelling,', () => {
  test.each(['straße', 'STRASSE', 'Strasse', ' straße ', 'ｓｔｒａｓｓｅ'])('as %j', async (username) => {
    const { id } = await app.join('Straße');
    const { access } = await app.logIn({ username, password });
    expect(await app.authenticate({ token: access })).toMatchObject({ userId: id });
  });
});

describe('the password', () => {
  test.each([
    ['p\u00e4ssword', 'pa\u0308ssword'],
    ['pa\u0308ssword', 'p\u00e4ssword'],
    ['12345678', '１２３４５６７８'],
    ['  12345678', '\u00a0 12345678'],
  ])('%j matches as %j', async (set, typed) => {
    await app.registerUser({ username: 'alice', password: set });
    await expect(app.logIn({ username: 'alice', password: typed })).resolves.toHaveProperty('access');
  });

  test.each(['12345679', '1234567', ' 12345678', '12345678 ', '12345678\0', 'x'.repeat(1000), '', '\0', '\ud800'])(
    '12345678 does not match %j, and the error reveals no rule',
    async (typed) => {
      await app.registerUser({ username: 'alice', password });
      await expect(app.logIn({ username: 'alice', password: typed })).rejects.toMatchObject(refused);
    },
  );

  test('is case-sensitive', async () => {
    await app.registerUser({ username: 'alice', password: 'PassWord' });
    await expect(app.logIn({ username: 'alice', password: 'password' })).rejects.toMatchObject(refused);
  });
});

test.each(['unknown', 'no such name', '', '\0', '\ud800', 'x'.repeat(200)])(
  'the name %j fails like a wrong password',
  async (username) => {
    await expect(app.logIn({ username, password })).rejects.toMatchObject(refused);
  },
);

test('an unknown name and a wrong password fail alike, after the same work', async () => {
  const work: [string, PasswordHash | null, number | null][] = [];
  app = createTestApplication(({ passwordHasher }) => ({
    passwordHasher: {
      ...passwordHasher,
      verify: (typed, hash, terms) => {
        work.push([typed, hash, terms.slowest]);
        return passwordHasher.verify(typed, hash, terms);
      },
    },
  }));
  const { user } = await app.registerUser({ username: 'alice', password });
  const failureOf = (username: string) =>
    app.logIn({ username, password: 'wrong' }).then(
      () => 'logged in',
      (error: unknown) => error,
    );
  expect(await failureOf('unknown')).toStrictEqual(await failureOf('alice'));
  expect(work).toEqual([
    ['wrong', null, null],
    ['wrong', user.passwordHash, null],
  ]);
});

test('a password that changes while it is verified opens no session', async () => {
  const alice = await app.join('alice');
  app.meanwhile(() => app.update(alice, { password: 'a new password' }));
  await expect(app.logIn({ username: 'alice', password })).rejects.toMatchObject(refused);
});

test('a login records an event and prunes expired rows in its transaction', async () => {
  const calls: unknown[] = [];
  app = createTestApplication(({ storage }) => ({
    storage: recordingStorage(storage, ([name, ...input]) => calls.push([name, ...input])),
  }));
  const { user } = await app.registerUser({ username: 'alice', password });
  calls.length = 0;
  await app.logIn({ username: 'alice', password });
  const now = app.clock.now();
  expect(calls).toEqual([
    ['attempts.find', [expect.any(String)], now],
    ['users.recordLogin', { id: user.id, verified: user.passwordHash, rehashed: null, network: null, at: now }],
    ['sessions.open', expect.objectContaining({ userId: user.id, createdAt: now })],
    ['securityEvents.add', [expect.objectContaining({ type: 'logged_in', userId: user.id, at: now })]],
    ['sessions.end', { userId: user.id, exceptNewest: 1000 }, 'too_many_sessions', now],
    ['securityEvents.add', []],
    ['sessions.prune', now],
    ['attempts.prune', now],
    ['securityEvents.prune', now],
    ['mentorships.pruneMessages', now - 90 * day],
  ]);
});

describe('a thousand open sessions', () => {
  test('are the limit: the next login ends the oldest and records it', async () => {
    const alice = await app.join('alice');
    const bob = await app.join('bob');
    const members = [alice];
    for (let count = 1; count < maxOpenSessions; count += 1) {
      app.clock.advance(1);
      members.push(await app.logInAgain(alice));
    }
    expect(await app.listSessions(alice)).toHaveLength(maxOpenSessions);
    const errorOf = (member: Member) =>
      app.authenticate({ token: member.access }).then(
        () => false,
        (error: { code: string }) => error.code,
      );
    expect(await errorOf(alice)).toBe(false);

    app.clock.advance(1);
    const last = await app.logInAgain(alice);
    expect(await errorOf(alice)).toBe('access_token_refused');
    await expect(app.refreshAccess(alice)).rejects.toMatchObject(refusal('refresh_token_refused'));
    for (const member of [members[1]!, members.at(-1)!, last, bob]) expect(await errorOf(member)).toBe(false);
    const { events } = await app.listEvents({ actor: last.actor, limit: 2 });
    expect(events).toMatchObject([
      { type: 'session_ended', reason: 'too_many_sessions', sessionId: alice.actor.sessionId, at: app.clock.now() },
      { type: 'logged_in', sessionId: last.actor.sessionId },
    ]);
    expect(await app.listSessions(last)).toHaveLength(maxOpenSessions);
  });
});
