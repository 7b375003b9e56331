import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { Store } from '@mentorship/adapters/store';
import { type PasswordHash, pseudonym, type UserId, usernameKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { accountOf, addUsers, asChanges, day, link, loginBy, newUser, now, within } from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, describeOnSqlite, openOn } from '../../support/store/stores.ts';

const contact = { email: 'owner@example.com', phone: '+79999999999', passwordHash: 'pbkdf2_sha256$600000$salt$digest' };

/** A user with something to erase, and another user who must not change. */
const addOwner = async (store: Store) => {
  const owner = (await within(store, 'users', (users) => users.add(newUser('Owner', contact))))!;
  const [other] = await addUsers(store, 'other');
  for (const { id, passwordHash } of [owner, other])
    await within(store, 'users', (users) => users.recordLogin(loginBy(id, passwordHash, { network: '192.0.2.1' })));
  return { owner, other };
};

const erase = async (store: Store, id: UserId, verified?: PasswordHash) => {
  const hash = verified ?? (await store.userDirectory.detail(id, 1))?.passwordHash ?? ('$hash$of$it' as PasswordHash);
  return within(store, 'users', (users) => users.erase(id, hash, now + day));
};

const all = { after: null, limit: 99, mentor: null };

describeOnEachStore('an ended account', (open) => {
  const openWithOwner = async () => {
    const store = await open();
    return { store, ...(await addOwner(store)) };
  };

  test('is not found by name, id or list', async () => {
    const { store, owner, other } = await openWithOwner();
    expect(await erase(store, owner.id)).toBe(true);
    for (const name of ['owner', pseudonym(owner.id), '']) {
      const key = usernameKey(name);
      expect(await within(store, 'users', (users) => users.find(key))).toBeNull();
      expect(await accountOf(store, name)).toBeNull();
      expect(await store.userDirectory.list({ ...all, mentor: key })).toEqual([]);
    }
    expect(await store.userDirectory.detail(owner.id, 10)).toBeNull();
    expect(await store.userDirectory.list(all)).toEqual([{ id: other.id, username: 'other', mentorUsername: null }]);
  });

  test('leaves other users unchanged', async () => {
    const { store, owner, other } = await openWithOwner();
    await erase(store, owner.id);
    expect(await within(store, 'users', (users) => users.find(usernameKey('other')))).toEqual(other);
    const { account } = await store.userDirectory.credentials(usernameKey('other'), '192.0.2.1');
    expect(account).toMatchObject({ knownNetwork: true });
  });

  test('cannot end again', async () => {
    const { store, owner } = await openWithOwner();
    expect(await erase(store, 4711 as UserId)).toBe(false);
    expect(await erase(store, owner.id)).toBe(true);
    expect(await erase(store, owner.id)).toBe(false);
  });

  test('does not end when the verified hash is outdated', async () => {
    const { store, owner } = await openWithOwner();
    const next = '$argon2id$next' as PasswordHash;
    await within(store, 'users', (users) => users.change(owner.id, asChanges({ passwordHash: next })));
    for (const verified of [owner.passwordHash, '', '$argon2id$'])
      expect(await erase(store, owner.id, verified as PasswordHash)).toBe(false);
    const { account } = await store.userDirectory.credentials(usernameKey('owner'), '192.0.2.1');
    expect(account).toEqual({ id: owner.id, passwordHash: next, knownNetwork: true });
    expect(await erase(store, owner.id, next)).toBe(true);
  });

  test('ends for exactly one of 16 concurrent calls', async () => {
    const { store, owner } = await openWithOwner();
    const second = await store.another();
    const ended = await Promise.all(Array.from({ length: 16 }, (_, at) => erase(at % 2 ? store : second, owner.id)));
    expect(ended.filter(Boolean)).toHaveLength(1);
  });

  test('cannot be changed, and records no login', async () => {
    const { store, owner } = await openWithOwner();
    await erase(store, owner.id);
    for (const changes of [{}, { email: 'new@example.com' }, { passwordHash: '$new' }])
      expect(await within(store, 'users', (users) => users.change(owner.id, asChanges(changes)))).toBe(false);
    for (const verified of [owner.passwordHash, '', '$new'])
      expect(await within(store, 'users', (users) => users.recordLogin(loginBy(owner.id, verified)))).toBe(false);
    expect(await store.userDirectory.detail(owner.id, 10)).toBeNull();
  });

  test('frees its name for a new user, who gets a new id and no old data', async () => {
    const { store, owner, other } = await openWithOwner();
    await erase(store, owner.id);
    const [next] = await addUsers(store, 'OWNER');
    expect(next.id).toBeGreaterThan(other.id);
    const { account } = await store.userDirectory.credentials(usernameKey('owner'), '192.0.2.1');
    expect(account).toEqual({ id: next.id, passwordHash: next.passwordHash, knownNetwork: false });
    expect(await store.userDirectory.detail(next.id, 10)).toMatchObject({
      username: 'OWNER',
      email: null,
      phone: null,
    });
    expect(await erase(store, owner.id)).toBe(false);
    expect(await accountOf(store, 'owner')).toMatchObject({ id: next.id });
  });

  test('never passes on its id, even if it was the highest', async () => {
    const { store, other } = await openWithOwner();
    await erase(store, other.id);
    const [next] = await addUsers(store, 'next');
    expect(next.id).toBeGreaterThan(other.id);
    expect(await store.userDirectory.list(all)).toMatchObject([{ username: 'Owner' }, { username: 'next' }]);
  });

  test('is restored when its end rolls back', async () => {
    const { store, owner } = await openWithOwner();
    const failed = within(store, 'users', async (users) => {
      await users.erase(owner.id, owner.passwordHash, now);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await within(store, 'users', (users) => users.find(usernameKey('owner')))).toEqual(owner);
    const { account, slowestHash } = await store.userDirectory.credentials(usernameKey('owner'), '192.0.2.1');
    expect(account).toMatchObject({ id: owner.id, knownNetwork: true });
    expect(slowestHash).toBe(600_000);
    expect(await erase(store, owner.id)).toBe(true);
  });
});

describeOnEachDatabase('the remains of an ended account', (create) => {
  test('are an id, a pseudonym and timestamps, and the history keeps its mentorships', async () => {
    const database = await create();
    const store = await openOn(database);
    const { owner, other } = await addOwner(store);
    await link(store, other, owner);
    await erase(store, owner.id);
    expect(await database.query(`select * from users where id = ${owner.id}`)).toEqual([
      {
        id: owner.id,
        deactivated_at: null,
        username: pseudonym(owner.id),
        username_key: pseudonym(owner.id),
        email: null,
        phone: null,
        password_hash: '',
        pbkdf2_iterations: null,
        created_at: new Date(now).toISOString(),
        last_login_at: null,
        ended_at: new Date(now + day).toISOString(),
        mentor_policy: null,
        mentor_capacity: null,
        bio: null,
        skills: null,
      },
    ]);
    expect(await database.query('select user_id from user_networks')).toEqual([{ user_id: other.id }]);
    expect(await database.query('select mentee_id, mentor_id from mentorships')).toEqual([
      { mentee_id: other.id, mentor_id: owner.id },
    ]);
  });
});

describeOnSqlite('the remains of an ended account', (create) => {
  test('contain no personal data in any file of the database, with few accounts and with many', async () => {
    const { url } = await create();
    const folder = dirname(url.slice('sqlite:'.length));
    const written = () => readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
    const secrets = (at: number) => ({
      username: `Erasable${1000 + at}`,
      email: `mailbox${1000 + at}@example.com`,
      phone: `+7999000${1000 + at}`,
      passwordHash: `$argon2id$v=19$salt$digest${1000 + at}`,
    });
    for (const [first, last] of [
      [0, 2],
      [3, 300],
    ] as const) {
      const store = await openKyselyStore(url);
      const ids = await within(store, 'users', async (users) => {
        const added = [];
        for (let at = first; at <= last; at += 1)
          added.push((await users.add(newUser(secrets(at).username, secrets(at))))!.id);
        return added;
      });
      await store.close();
      const erased = [first + 1, Math.ceil((first + last) / 2), last];
      for (const at of erased)
        for (const secret of Object.values(secrets(at)))
          expect(written().some((bytes) => bytes.includes(secret))).toBe(true);

      const again = await openKyselyStore(url);
      for (const at of new Set(erased)) await erase(again, ids[at - first]!);
      await again.close();
      for (const at of erased)
        for (const secret of Object.values(secrets(at)).flatMap((text) => [text, text.toLowerCase()]))
          expect(written().some((bytes) => bytes.includes(secret))).toBe(false);
    }
  });
});
