import { type ImportedUser, planImport } from '@mentorship/application';
import { migrateStore } from '@mentorship/adapters/kysely';
import { importUsers } from '@mentorship/adapters/maintenance';
import { usernameKey } from '@mentorship/domain';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { foreignAccount } from '../../support/django/foreign-accounts.ts';
import { accountOf, addUsers, day, link, mentorshipsOf, now, within } from '../../support/records.ts';
import { describeOnEachDatabase, describeOnPostgres, openOn } from '../../support/store/stores.ts';

/** A chain of users: the mentor of each is the user before. Ids have gaps. */
const chain = (count: number): readonly ImportedUser[] =>
  planImport(
    Array.from({ length: count }, (_, at) =>
      foreignAccount(10 + 2 * at, { active: at % 7 !== 3, mentorId: at === 0 ? null : String(8 + 2 * at) }),
    ),
    now,
  ).users;

describeOnEachDatabase('an import of users', (create) => {
  test('keeps their ids, starts their mentorships now, and continues after the largest id', async () => {
    const database = await create();
    const users = chain(1203);
    const seen: [number, number][] = [];
    await importUsers(database.url, users, now, (done, total) => seen.push([done, total]));
    expect(seen.at(-1)).toEqual([2405, 2405]);
    const store = await openOn(database);
    for (const user of [users[0]!, users[3]!, users[1202]!]) {
      const { mentorId, ...expected } = user;
      const found = await within(store, 'users', (repository) => repository.find(usernameKey(user.username)));
      expect(found).toEqual({ ...expected, profile: null });
      const active = await within(store, 'mentorships', (mentorships) => mentorships.activeOf(user.id));
      expect(active?.mentorId ?? null).toBe(mentorId);
    }
    expect(await accountOf(store, users[3]!.username)).toMatchObject({ passwordHash: null });
    expect(await mentorshipsOf(store, users[1]!)).toMatchObject([
      { status: 'active', requestedBy: 'mentee', startedAt: now, createdAt: now, version: 1 },
      { status: 'active' },
    ]);
    const [next] = await addUsers(store, 'next');
    expect(next.id).toBe(users.at(-1)!.id + 1);
    expect(await link(store, next, users[0]!)).toBeGreaterThan(1202);
    const at = await within(store, 'mentorships', (mentorships) =>
      mentorships.lockGraph({ now: () => now - day, waitUntil: async () => {} }),
    );
    expect(at).toBeGreaterThan(now);
  });

  test('writes all users or none', async () => {
    const database = await create();
    await migrateStore(database.url);
    const users = chain(700);
    const duplicates = [...users, { ...users[0]!, id: 5000 as ImportedUser['id'] }];
    await expect(importUsers(database.url, duplicates, now)).rejects.toThrow(/unique/i);
    expect(await database.query('select id from users')).toEqual([]);
    await importUsers(database.url, users, now);
    expect(await database.query('select id from users')).toHaveLength(700);
  });

  test('refuses a store that has users', async () => {
    const database = await create();
    await addUsers(await openOn(database), 'other');
    await expect(importUsers(database.url, chain(3), now)).rejects.toThrow(/already has users/);
    expect(await database.query('select username from users')).toEqual([{ username: 'other' }]);
  });

  test('refuses a database of another application', async () => {
    const database = await create();
    await database.query('create table something (id integer)');
    await expect(importUsers(database.url, chain(3), now)).rejects.toThrow(/belongs to something else/);
    await expect(database.query('select 1 from users')).rejects.toThrow(/users/);
  });
});

describeOnPostgres('an import of users', (create) => {
  test('keeps nothing when a service has started meanwhile', async () => {
    const database = await create();
    const service = new Client({ connectionString: database.url, application_name: 'mentorship' });
    onTestFinished(() => service.end());
    let connecting: Promise<unknown> | undefined;
    const imported = importUsers(database.url, chain(5000), now, () => {
      connecting ??= service.connect();
    });
    await expect(imported).rejects.toThrow(/is in use/);
    await connecting;
    expect(await database.query('select id from users')).toEqual([]);
  });
});
