import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { Store } from '@mentorship/adapters/store';
import type { PasswordHash, UserId } from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  accountOf,
  addUsers,
  begin,
  end,
  hour,
  locked,
  loginBy,
  mentorshipsOf,
  minute,
  now,
  within,
} from '../../support/records.ts';
import { makeFirstRelease, releasedHash, rowsOf, schemaOf } from '../../support/store/releases.ts';
import { type Database, describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

const [alice, bob] = [1 as UserId, 2 as UserId];

describeOnEachDatabase('a database of the first release', (create, name) => {
  const createFirstRelease = async (): Promise<Database> => {
    const database = await create();
    await makeFirstRelease(name, database);
    return database;
  };

  const openMigrated = async () => openOn(await createFirstRelease());

  const find = (store: Store, id: string, userId: UserId) =>
    within(store, 'sessions', (sessions) => sessions.find({ id, userId }));

  test('has numbered session ends, and continues their count', async () => {
    const store = await openMigrated();
    const { number, ended } = await store.sessionDirectory.endedSince(-1, now);
    expect(ended.toSorted((a, b) => a.userId - b.userId)).toEqual([
      { id: 'logged out', userId: alice, accessUntil: now + hour },
      { id: 'changed', userId: bob, accessUntil: now + 1 },
    ]);
    expect(await store.sessionDirectory.endedSince(number, now)).toEqual({ number, ended: [] });
    await within(store, 'sessions', (sessions) => sessions.end({ userId: bob }, 'revoked', now));
    expect(await store.sessionDirectory.endedSince(number, now)).toMatchObject({ ended: [{ id: 'theirs' }] });
  });

  test('keeps its live sessions, last used when they were opened', async () => {
    const store = await openMigrated();
    expect(await find(store, 'live', alice)).toEqual({
      id: 'live',
      userId: alice,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + hour,
      accessUntil: now + hour,
      generation: 0,
      rotatedAt: null,
      ip: null,
      userAgent: null,
      endedAt: null,
      endReason: null,
    });
    expect(await find(store, 'theirs', bob)).toMatchObject({ lastUsedAt: now + minute });
    expect(await find(store, 'changed', bob)).toMatchObject({ endReason: 'password_changed', lastUsedAt: now });
    const reference = { id: 'live', userId: alice };
    expect(await store.sessionDirectory.isOpen(reference)).toBe(true);
    expect(await store.sessionDirectory.list({ userId: alice, now, limit: 9 })).toMatchObject([{ id: 'live' }]);
    const next = { from: 0, expiresAt: now + 2 * hour, accessUntil: now + hour };
    expect(await within(store, 'sessions', (sessions) => sessions.rotate(reference, next, now))).toBe(true);
  });

  test('keeps its users and their passwords, and assigns new ids', async () => {
    const store = await openMigrated();
    expect(await accountOf(store, 'ALICE')).toEqual({ id: alice, passwordHash: releasedHash, knownNetwork: false });
    expect(await within(store, 'users', (users) => users.recordLogin(loginBy(alice, releasedHash)))).toBe(true);
    expect(await store.userDirectory.detail(alice, 9)).toMatchObject({
      email: 'alice@example.com',
      mentorUsername: 'Bob',
    });
    const [next] = await addUsers(store, 'next');
    expect(next.id).toBeGreaterThan(bob);
    expect(await within(store, 'users', (users) => users.erase(alice, releasedHash as PasswordHash, now))).toBe(true);
  });

  test('keeps its signing keys', async () => {
    const store = await openMigrated();
    expect(await store.signingKeyDirectory.list()).toMatchObject([{ kid: 'kid', publicKey: 'x' }]);
  });

  test('keeps its mentorships, and continues their history', async () => {
    const store = await openMigrated();
    const link = {
      menteeId: alice,
      mentorId: bob,
      status: 'active',
      requestedBy: 'mentee',
      startedAt: now,
      version: 1,
    };
    expect(await mentorshipsOf(store, { id: alice })).toMatchObject([{ id: 1, ...link }]);
    await locked(store, (mentorships) => end(mentorships, { id: alice }, 'removed'));
    await locked(store, (mentorships) => begin(mentorships, { id: bob }, { id: alice }));
    expect(await mentorshipsOf(store, { id: alice })).toMatchObject([
      { id: 2, menteeId: bob, mentorId: alice, status: 'active' },
      { id: 1, ...link, status: 'ended', reason: 'removed', endedAt: now, version: 2 },
    ]);
  });

  test('is unchanged when the third migration fails, and is migrated by the next start', async () => {
    const database = await createFirstRelease();
    await database.query('create table user_skills (anything text, more text)');
    const before = [await schemaOf(name, database), await rowsOf(name, database)];
    await expect(openKyselyStore(database.url)).rejects.toThrow(/user_skills.*exists/);
    expect([await schemaOf(name, database), await rowsOf(name, database)]).toEqual(before);

    await database.query('drop table user_skills');
    const store = await openOn(database);
    expect(await store.userDirectory.detail(alice, 9)).toMatchObject({ mentorUsername: 'Bob', profile: null });
  });
});
