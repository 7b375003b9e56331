import { storageUnavailable } from '@mentorship/application';
import type { SecurityEventType } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { recordingStorage, type RepositoryCall } from '../../support/store/recording-storage.ts';
import { unavailability, refusal } from '../../support/refusals.ts';
import {
  createTestApplication,
  from,
  type Member,
  password,
  policy,
  type TestApplication,
} from '../../support/test-application.ts';

const home = from('192.0.2.1');
const rotating = { ...policy, rotation: { maxSessionLifetime: 24 * 60 * 60 } };

let app: TestApplication;
let alice: Member;
let other: Member;
/** The calls of each transaction. */
let calls: RepositoryCall[][];
let fail: string | null;
beforeEach(async () => {
  [calls, fail] = [[], null];
  app = createTestApplication(({ storage: inner }) => {
    const storage = recordingStorage(inner, (call) => {
      if (call[0] === fail) throw storageUnavailable();
      calls.at(-1)?.push(call);
    });
    return {
      policy: rotating,
      storage: {
        ...storage,
        atomically: (work) => {
          calls.push([]);
          return storage.atomically(work);
        },
      },
    };
  });
  alice = await app.join('alice');
  other = await app.logInAgain(alice);
  calls = [];
});

const eventsIn = (made: readonly RepositoryCall[]): object[] =>
  made.flatMap(([name, input]) => (name === 'securityEvents.add' ? (input as object[]) : []));

const typesOf = async (): Promise<SecurityEventType[]> => {
  const { ports } = app;
  const events = await ports.securityEventDirectory.list({ userId: alice.id, before: null, limit: 1000 });
  return events.map(({ type }) => type).toReversed();
};

const reuse = async (): Promise<void> => {
  await app.refreshAccess(alice);
  app.clock.advance(30_000);
  calls = [];
  await expect(app.refreshAccess(alice)).rejects.toMatchObject(refusal('refresh_token_refused'));
};

/** An action, the call that writes it, and the events recorded in the same transaction. */
const actions: [name: string, act: () => Promise<unknown>, write: string, events: SecurityEventType[]][] = [
  ['a registration', () => app.registerUser({ username: 'bob', password }), 'users.add', ['registered']],
  ['a login', () => app.logIn({ username: 'alice', password }), 'sessions.open', ['logged_in']],
  ['a logout', () => app.logOut(alice), 'sessions.end', ['session_ended']],
  ['a logout of all', () => app.logOut({ ...alice, scope: 'all' }), 'sessions.end', ['session_ended', 'session_ended']],
  [
    'the end of a session',
    () => app.endSession({ actor: alice.actor, sessionId: other.actor.sessionId }),
    'sessions.end',
    ['session_ended'],
  ],
  [
    'a new password',
    () => app.update(alice, { password: 'a new password' }),
    'users.change',
    ['password_changed', 'session_ended'],
  ],
  [
    'the end of the account',
    () => app.endAccount({ actor: alice.actor, currentPassword: password }),
    'users.erase',
    ['account_ended', 'session_ended', 'session_ended'],
  ],
  ['the reuse of a replaced token', reuse, 'sessions.end', ['refresh_token_reused', 'session_ended']],
];

describe('is recorded in the transaction that causes it:', () => {
  test.each(actions)('%s', async (_, act, write, events) => {
    await act();
    const transaction = calls.find((one) => one.some(([name]) => name === write)) ?? [];
    expect(eventsIn(transaction)).toMatchObject(events.map((type) => ({ type, at: app.clock.now() })));
    expect(eventsIn(calls.flat())).toHaveLength(events.length);
  });
});

describe('does not happen when its events cannot be recorded:', () => {
  test.each(actions.filter(([, act]) => act !== reuse))('%s', async (_, act) => {
    const before = [await app.own(alice), await app.mentors(), await app.listSessions(alice), await typesOf()];
    fail = 'securityEvents.add';
    await expect(act()).rejects.toMatchObject(unavailability('storage_unavailable'));
    const after = [await app.own(alice), await app.mentors(), await app.listSessions(alice), await typesOf()];
    expect(after).toStrictEqual(before);
  });

  test('the end of a session whose replaced token is reused', async () => {
    const { refresh } = await app.refreshAccess(alice);
    app.clock.advance(30_000);
    fail = 'securityEvents.add';
    await expect(app.refreshAccess(alice)).rejects.toMatchObject(unavailability('storage_unavailable'));
    fail = null;
    await expect(app.refreshAccess({ refresh: refresh ?? '' })).resolves.toHaveProperty('access');
  });
});

test('an event has the user, the time, the client, the session and the end of its retention', async () => {
  await app.logIn({ username: 'alice', password, client: { ...home, userAgent: 'curl/8' } });
  const { events } = await app.listEvents({ actor: alice.actor, limit: 1 });
  const at = app.clock.now();
  expect(events).toEqual([
    {
      id: expect.any(Number) as number,
      type: 'logged_in',
      at,
      userId: alice.id,
      sessionId: expect.stringMatching(/^id-/) as string,
      reason: null,
      count: 1,
      ip: '192.0.2.1',
      userAgent: 'curl/8',
      keepUntil: at + 90 * 24 * 60 * 60 * 1000,
    },
  ]);
});

describe('failed logins are recorded at powers of two', () => {
  const guess = (username: string, client = home) =>
    app.logIn({ username, password: 'wrong', client }).catch((error: { code: string }) => error.code);
  const countsOf = async (type: SecurityEventType): Promise<number[]> => {
    const { events } = await app.listEvents({ actor: alice.actor });
    return events.filter((event) => event.type === type).map(({ count }) => count);
  };

  test.each(['known', 'strange'])('from a %s address', async (address) => {
    if (address === 'known') await app.logIn({ username: 'alice', password, client: home });
    for (let count = 0; count < 20; count += 1) await guess('alice');
    expect(await countsOf('login_failed')).toEqual([8, 4, 2, 1]);
    expect(await countsOf('login_throttled')).toEqual([10]);
  });

  test('from many strange addresses', async () => {
    for (let number = 0; number < 120; number += 1) await guess('alice', from(`198.51.100.${number}`));
    expect(await countsOf('login_failed')).toEqual([64, 32, 16, 8, 4, 2, 1]);
    expect(await countsOf('login_throttled')).toEqual([100]);
  });

  test('when they come at once', async () => {
    await Promise.all(Array.from({ length: 64 }, () => guess('alice')));
    expect(await countsOf('login_throttled')).toEqual([10]);
    expect(new Set(await countsOf('login_failed')).size).toBe((await countsOf('login_failed')).length);
  });

  test('with unknown names from 60 addresses, as one sequence', async () => {
    for (let number = 0; number < 60; number += 1) await guess(`unknown${number}`, from(`198.51.100.${number}`));
    const withoutUser = { type: 'login_failed', userId: null };
    const recorded = eventsIn(calls.flat());
    expect(recorded).toMatchObject([1, 2, 4, 8, 16, 32].map((count) => ({ ...withoutUser, count })));
  });

  test.each(['unknown', 'another unknown'])('with the unknown name %j, and the throttled address', async (name) => {
    for (let number = 0; number < 2; number += 1)
      for (let count = 0; count < 12; count += 1) await guess(name, from(`198.51.100.${number}`));
    const throttled = (eventsIn(calls.flat()) as { type: string }[]).filter(({ type }) => type === 'login_throttled');
    expect(throttled).toMatchObject([
      { userId: null, ip: '198.51.100.0', count: 10 },
      { userId: null, ip: '198.51.100.1', count: 10 },
    ]);
  });

  test('with an unknown name, without a user and without the name', async () => {
    await guess('no such name');
    expect(eventsIn(calls.flat())).toMatchObject([{ type: 'login_failed', userId: null, ip: '192.0.2.1', count: 1 }]);
    expect(JSON.stringify(calls)).not.toContain('no such name');
    expect(await countsOf('login_failed')).toEqual([]);
  });
});
