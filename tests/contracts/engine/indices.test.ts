import type { Store } from '@mentorship/adapters/store';
import { type SecurityEvent, usernameKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { addUsers, day, hour, newUser, now, session, within } from '../../support/records.ts';
import { openPlanner, sorting, wholeTable } from '../../support/store/plans.ts';
import { describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

/** Fills the store with enough rows that a plan without an index would be slower. */
const fill = async (store: Store) => {
  const users = await addUsers(store, ...Array.from({ length: 50 }, (_, at) => `user${at}`));
  await store.storage.atomically(async ({ users: accounts, sessions, attempts, securityEvents }) => {
    for (let at = 0; at < 10; at++)
      await accounts.add(newUser(`imported${at}`, { passwordHash: `pbkdf2_sha256$${at}$salt$digest` }));
    for (const { id } of users) {
      for (let at = 0; at < 10; at++) await sessions.open(session(`${id}:${at}`, id));
      if (id % 10 === 0) await sessions.end({ userId: id }, 'logout', now);
      await attempts.raise([{ key: `key${id}`, by: 1, until: now + hour }], now);
      await securityEvents.add(Array.from({ length: 10 }, () => loggedIn(id)));
    }
  });
  return users;
};

const loggedIn = (userId: SecurityEvent['userId']): SecurityEvent => ({
  type: 'logged_in',
  at: now,
  userId,
  sessionId: null,
  reason: null,
  count: 1,
  ip: null,
  userAgent: null,
  keepUntil: now,
});

describeOnEachDatabase('an index', (create, name) => {
  // PostgreSQL prefers to read small tables completely, unless that is off.
  const withIndexesOnly = {
    sqlite: [],
    postgres: ['analyze', 'set enable_seqscan = off', 'set enable_sort = off'],
  }[name];

  test.each<[title: string, index: RegExp, call: (store: Store, userId: SecurityEvent['userId']) => Promise<unknown>]>([
    [
      'the sessions that ended after a number',
      /sessions_by_end_number/,
      ({ sessionDirectory }) => sessionDirectory.endedSince(0, now),
    ],
    [
      `a user's events`,
      /security_events_by_user/,
      ({ securityEventDirectory }, userId) => securityEventDirectory.list({ userId: userId!, before: null, limit: 20 }),
    ],
    [
      `a later page of a user's events`,
      /security_events_by_user/,
      ({ securityEventDirectory }, userId) => securityEventDirectory.list({ userId: userId!, before: 400, limit: 20 }),
    ],
    [
      'expired events',
      /security_events_by_end/,
      (store) => within(store, 'securityEvents', (events) => events.prune(now - 9 * day)),
    ],
    [
      'the count of a key',
      /attempt_counts_pkey|sqlite_autoindex_attempt_counts_1/,
      ({ attemptDirectory }) => attemptDirectory.find(['key7', 'key9'], now),
    ],
    [
      'expired counts',
      /attempt_counts_by_end/,
      (store) => within(store, 'attempts', (attempts) => attempts.prune(now)),
    ],
    [
      'the slowest hash',
      /users_by_pbkdf2_iterations/,
      ({ userDirectory }) => userDirectory.credentials(usernameKey('user7'), '192.0.2.1'),
    ],
    [
      'the name and networks of a login',
      /(users_username_key_key|sqlite_autoindex_users_1)[^]*(user_networks_primary_key|sqlite_autoindex_user_networks_1)/,
      ({ userDirectory }) => userDirectory.credentials(usernameKey('user7'), '192.0.2.1'),
    ],
    [
      'the sessions that a user ends',
      /sessions_by_user/,
      (store, userId) => within(store, 'sessions', (sessions) => sessions.end({ userId: userId! }, 'logout', now)),
    ],
  ])('finds %s', async (_title, index, call) => {
    const database = await create();
    const store = await openOn(database);
    const users = await fill(store);
    const plans = await openPlanner(name, database, store)((store) => call(store, users[4]!.id), withIndexesOnly);
    expect(plans.map(({ plan }) => plan).join('\n')).toMatch(index);
    for (const { plan } of plans) {
      expect(plan).not.toMatch(wholeTable[name]);
      expect(plan).not.toMatch(sorting[name]);
    }
  });
});
