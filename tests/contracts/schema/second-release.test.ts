import { openKyselyStore } from '@mentorship/adapters/kysely';
import { type MentorshipId, type UserId, usernameKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import {
  accountOf,
  addMentorship,
  begin,
  day,
  end,
  hour,
  locked,
  mentorshipsOf,
  now,
  request,
  within,
  listUsers,
} from '../../support/records.ts';
import { makeSecondRelease, releasedHash, rowsOf, schemaOf } from '../../support/store/releases.ts';
import { type Database, describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

const user = (id: number) => ({ id: id as UserId });
const [alice, bob, unal, erased, erin] = [user(1), user(2), user(3), user(4), user(5)];

/** Its mentorships, in the order of their start. */
const history = [
  { menteeUsername: 'Alice', mentorUsername: 'Bob', startedAt: now, endedAt: now + day, reason: 'replaced' },
  { menteeUsername: 'Alice', mentorUsername: 'Ünal', startedAt: now + day, endedAt: null, reason: null },
  {
    menteeUsername: '_erin',
    mentorUsername: 'Ünal',
    startedAt: now + 2 * day,
    endedAt: now + 3 * day,
    reason: 'removed',
  },
  {
    menteeUsername: 'Bob',
    mentorUsername: 'former user 4',
    startedAt: now + 3 * day,
    endedAt: now + 4 * day,
    reason: 'account_ended',
  },
  { menteeUsername: '_erin', mentorUsername: 'Alice', startedAt: now + 3 * day, endedAt: null, reason: null },
];

describeOnEachDatabase('a database of the second release', (create, name) => {
  const createSecondRelease = async (): Promise<Database> => {
    const database = await create();
    await makeSecondRelease(name, database);
    return database;
  };

  const openMigrated = async () => openOn(await createSecondRelease());

  test('keeps its history in the same order, with times and reasons', async () => {
    const store = await openMigrated();
    const ids = history.map((_, at) => (at + 1) as MentorshipId);
    const found = await Promise.all(ids.map((id) => store.mentorshipDirectory.find(id)));
    expect(found).toEqual(
      history.map((mentorship, at) => ({
        id: ids[at],
        menteeId: expect.any(Number) as number,
        mentorId: expect.any(Number) as number,
        status: mentorship.endedAt === null ? 'active' : 'ended',
        requestedBy: 'mentee',
        message: null,
        createdAt: mentorship.startedAt,
        expiresAt: null,
        version: mentorship.endedAt === null ? 1 : 2,
        ...mentorship,
      })),
    );
    expect((await mentorshipsOf(store, alice)).map(({ id }) => id)).toEqual([5, 2, 1]);
    const between = { users: [erin.id, unal.id], before: null, limit: 9 } as const;
    expect((await store.mentorshipDirectory.between(between)).map(({ id }) => id)).toEqual([3]);
  });

  test('keeps its current and past links', async () => {
    const store = await openMigrated();
    expect(await store.userDirectory.detail(alice.id, 9)).toMatchObject({
      mentorUsername: 'Ünal',
      mentees: [{ id: erin.id, username: '_erin' }],
    });
    const links = async (at: number) =>
      (await store.mentorshipDirectory.links({ at, after: 0, limit: 9 })).edges.map(
        ({ menteeUsername, mentorUsername }) => `${menteeUsername} by ${mentorUsername}`,
      );
    expect(await links(now - 1)).toEqual([]);
    expect(await links(now)).toEqual(['Alice by Bob']);
    expect(await links(now + 2 * day)).toEqual(['Alice by Ünal', '_erin by Ünal']);
    expect(await links(now + 3 * day)).toEqual(['Alice by Ünal', 'Bob by former user 4', '_erin by Alice']);
    expect(await links(now + 99 * day)).toEqual(['Alice by Ünal', '_erin by Alice']);
    await locked(store, async (mentorships) => {
      expect(await mentorships.mentorsAbove(erin.id)).toEqual([alice.id, unal.id]);
      expect(await mentorships.countMentees(unal.id)).toBe(1);
      expect(await mentorships.countMentees(erased.id)).toBe(0);
    });
  });

  test('continues the graph after its last change, whatever the clock says', async () => {
    const store = await openMigrated();
    const lock = (at: number) => within(store, 'mentorships', (mentorships) => mentorships.lockGraph(stoppedAt(at)));
    expect(await lock(now)).toBe(now + 4 * day + 1);
    expect(await lock(now + 5 * day)).toBe(now + 5 * day);
  });

  test('allows one mentor per mentee, and assigns larger ids', async () => {
    const store = await openMigrated();
    await expect(locked(store, (mentorships) => begin(mentorships, alice, erin))).rejects.toThrow(/unique/i);
    const asked = await addMentorship(store, request(alice, erin));
    expect(asked).toBeGreaterThan(5);
    const next = await locked(store, async (mentorships) => {
      await end(mentorships, alice, 'replaced', now + 9 * day);
      return begin(mentorships, alice, bob, now + 9 * day);
    });
    expect(next).toBeGreaterThan(asked);
    expect(await mentorshipsOf(store, alice)).toMatchObject([
      { id: next, mentorId: bob.id, status: 'active' },
      { id: asked, status: 'requested' },
      { id: 5 },
      { id: 2, status: 'ended', reason: 'replaced', endedAt: now + 9 * day, version: 2 },
      { id: 1 },
    ]);
  });

  test('has users without a profile, whom every filter finds', async () => {
    const store = await openMigrated();
    const names = async (filter: object) => (await listUsers(store, filter)).map(({ username }) => username);
    expect(await names({ accepting: true })).toEqual(['Alice', 'Bob', 'Ünal', '_erin']);
    expect(await names({ hasMentor: true })).toEqual(['Alice', '_erin']);
    expect(await names({ hasMentor: false })).toEqual(['Bob', 'Ünal']);
    for (const [prefix, name] of [
      ['AL', 'Alice'],
      ['Ü', 'Ünal'],
      ['_', '_erin'],
    ] as const)
      expect(await names({ prefix: usernameKey(prefix) })).toEqual([name]);
    expect(await names({ prefix: usernameKey('former') })).toEqual([]);
    expect((await store.userDirectory.detail(unal.id, 9))?.profile).toBeNull();
    expect(await accountOf(store, 'ÜNAL')).toMatchObject({ id: unal.id });
    expect(await store.userDirectory.credentials(usernameKey('alice'), '192.0.2.1')).toEqual({
      account: { id: alice.id, passwordHash: releasedHash, knownNetwork: true },
      slowestHash: 600_000,
    });
  });

  test('keeps its sessions, keys, counts and events', async () => {
    const database = await createSecondRelease();
    const untouched = ['sessions', 'session_end_counter', 'signing_keys', 'user_networks', 'attempt_counts'];
    const read = async () => {
      const rows = await rowsOf(name, database);
      return [...untouched, 'security_events'].map((table) => rows[table]);
    };
    const before = await read();
    const store = await openOn(database);
    expect(await read()).toEqual(before);
    expect(await store.sessionDirectory.list({ userId: alice.id, now, limit: 9 })).toMatchObject([{ id: 'live' }]);
    const { ended } = await store.sessionDirectory.endedSince(0, now);
    expect(ended).toContainEqual({ id: 'logged out', userId: alice.id, accessUntil: now + hour });
  });

  test('is migrated once by four stores that open it at the same time', async () => {
    const database = await createSecondRelease();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openOn(database)));
    for (const store of stores) expect(await mentorshipsOf(store, alice)).toHaveLength(3);
    expect(await database.query('select name from schema_migrations')).toHaveLength(6);
    expect(await database.query('select id from mentorships')).toHaveLength(5);
  });

  test.each([
    ['a table user_skills', 'create table user_skills (anything text, more text)', 'drop table user_skills'],
    ['a table links', 'create table links (anything text, more text)', 'drop table links'],
    ['an index users_accepting', 'create index users_accepting on users (username)', 'drop index users_accepting'],
    ['a column skills', 'alter table users add column skills text', 'alter table users drop column skills'],
  ])('is unchanged while %s conflicts, and is migrated after', async (_title, addConflict, removeConflict) => {
    const database = await createSecondRelease();
    await database.query(addConflict);
    const read = async () => [await schemaOf(name, database), await rowsOf(name, database)];
    const before = await read();
    for (const _attempt of [1, 2])
      await expect(openKyselyStore(database.url)).rejects.toThrow(/exists|duplicate column/);
    expect(await read()).toEqual(before);

    await database.query(removeConflict);
    const store = await openOn(database);
    expect(await mentorshipsOf(store, erin)).toHaveLength(2);
    const fresh = await create();
    await openOn(fresh);
    expect(await schemaOf(name, database)).toEqual(await schemaOf(name, fresh));
  });
});
