import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as nextEventLoopTurn } from 'node:timers/promises';
import { DomainError, securityEvent, unknownClient, usernameKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import { unavailability } from '../../support/refusals.ts';
import {
  accountOf,
  addUsers,
  asChanges,
  awkwardTexts,
  begin,
  detailOf,
  end,
  hour,
  link,
  loginBy,
  newUser,
  now,
  session,
  within,
  listUsers,
} from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, describeOnSqlite, openOn } from '../../support/store/stores.ts';

const key = { kid: 'kid', publicKey: 'x', createdAt: now, expiresAt: now + hour };

describeOnEachStore('the storage', (open) => {
  /** Opens a store with a user who has a mentor, a session and a key. `readAll` reads everything in it. */
  const openWithAll = async () => {
    const store = await open();
    const [user, mentor] = await addUsers(store, 'user', 'mentor');
    await link(store, user, mentor);
    const opened = session('opened', user.id);
    await store.storage.atomically(async ({ sessions, signingKeys }) => {
      await sessions.open(opened);
      await signingKeys.publish(key);
    });
    const ids = [user.id, mentor.id];
    const readAll = async () => ({
      list: await store.userDirectory.list({ after: null, limit: 99, mentor: null }),
      details: await Promise.all(ids.map((id) => detailOf(store, { id }))),
      open: await Promise.all(['opened', 'new'].map((id) => store.sessionDirectory.isOpen({ id, userId: ids[0]! }))),
      keys: await store.signingKeyDirectory.list(),
    });
    return { store, user, mentor, opened, readAll };
  };

  test('answers a ping', async () => {
    const store = await open();
    await expect(store.storage.ping()).resolves.toBeUndefined();
  });

  test('returns the result of the work', async () => {
    const { storage } = await open();
    const result = { any: ['thing'] };
    expect(await storage.atomically(async () => result)).toBe(result);
    expect(await storage.atomically(async () => undefined)).toBeUndefined();
  });

  test('stores everything that the work did', async () => {
    const { store, user, mentor, opened } = await openWithAll();
    await store.storage.atomically(async ({ users, mentorships, sessions, signingKeys }) => {
      await mentorships.lockGraph(stoppedAt(now));
      await users.change(user.id, asChanges({ email: 'new@example.com' }));
      await end(mentorships, user, 'removed');
      const added = await users.add(newUser('added', { phone: '123' }));
      await begin(mentorships, added!, mentor);
      await sessions.end(opened, 'logout', now);
      await signingKeys.prune(now + 2 * hour);
    });
    expect(await detailOf(store, user)).toMatchObject({ email: 'new@example.com', mentorUsername: null });
    expect((await detailOf(store, mentor)).mentees).toMatchObject([{ username: 'added' }]);
    expect(await store.sessionDirectory.isOpen(opened)).toBe(false);
    expect(await store.signingKeyDirectory.list()).toEqual([]);
  });

  test('rolls everything back when the work throws, and rethrows the error', async () => {
    const { store, user, mentor, opened, readAll } = await openWithAll();
    const before = await readAll();
    const reason = new Error('changed our mind');
    const failed = store.storage.atomically(
      async ({ users, mentorships, sessions, signingKeys, attempts, securityEvents }) => {
        await mentorships.lockGraph(stoppedAt(now));
        const added = await users.add(newUser('added'));
        await users.change(user.id, asChanges({ email: 'new@example.com', passwordHash: '$new' }));
        await users.change(user.id, asChanges({ email: 'newer@example.com', phone: '123' }));
        await users.recordLogin(loginBy(user.id, user.passwordHash, { network: '192.0.2.1' }));
        await end(mentorships, user, 'replaced');
        await begin(mentorships, user, added!);
        await begin(mentorships, mentor, user);
        await sessions.open(session('new', user.id));
        await sessions.extendAccess(opened, now + hour, now);
        await sessions.end(opened, 'logout', now);
        await sessions.prune(now + 9 * hour);
        await attempts.raise([{ key: 'key', by: 1, until: now + hour }], now);
        await securityEvents.add([securityEvent({ type: 'logged_in' }, unknownClient, { at: now, retention: 60 })]);
        await users.erase(mentor.id, mentor.passwordHash, now);
        await signingKeys.publish({ ...key, kid: 'new' });
        await signingKeys.prune(now + 9 * hour);
        throw reason;
      },
    );
    await expect(failed).rejects.toBe(reason);
    expect(await readAll()).toEqual(before);
    expect(await within(store, 'users', (users) => users.find(usernameKey('added')))).toBeNull();
    expect(await within(store, 'mentorships', (mentorships) => mentorships.mentorsAbove(user.id))).toEqual([mentor.id]);
    expect(await within(store, 'sessions', (sessions) => sessions.end(opened, 'logout', now))).toHaveLength(1);
  });

  test('rethrows a domain error unchanged', async () => {
    const { storage } = await open();
    const refusal = new DomainError('username_taken', { username: 'someone' });
    await expect(storage.atomically(() => Promise.reject(refusal))).rejects.toBe(refusal);
    const thrown = storage.atomically(() => {
      throw refusal;
    });
    await expect(thrown).rejects.toBe(refusal);
  });

  test('commits work beside work that fails', async () => {
    const store = await open();
    const attempts = Array.from({ length: 40 }, (_, index) =>
      store.storage.atomically(async ({ users }) => {
        await users.add(newUser(`user${index}`));
        if (index % 2 === 1) throw new Error('The work failed.');
      }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(20);
    const names = (await listUsers(store)).map(({ username }) => username);
    expect(names.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `user${index * 2}`).toSorted());
  });

  test('does not change when a caller changes what it returned', async () => {
    const { store, user, mentor, readAll } = await openWithAll();
    const before = structuredClone(await readAll());
    const found = await within(store, 'users', (users) => users.find(usernameKey('user')));
    const above = await within(store, 'mentorships', (mentorships) => mentorships.mentorsAbove(user.id));
    const credentials = await accountOf(store, 'user');
    for (const returned of [found, above, credentials, await readAll(), user, mentor]) overwrite(returned);
    expect(await readAll()).toEqual(before);
  });

  test('does not change when a caller changes what it passed in', async () => {
    const store = await open();
    const added = newUser('user', { email: 'user@example.com' });
    const stored = await within(store, 'users', (users) => users.add(added));
    const opened = session('opened', stored!.id);
    const published = { ...key };
    await within(store, 'sessions', (sessions) => sessions.open(opened));
    await within(store, 'signingKeys', (keys) => keys.publish(published));
    const { id } = stored!;
    for (const passed of [added, opened, published]) overwrite(passed);
    expect(await detailOf(store, { id })).toMatchObject({ username: 'user', email: 'user@example.com' });
    expect(await store.sessionDirectory.isOpen({ id: 'opened', userId: id })).toBe(true);
    expect(await store.signingKeyDirectory.list()).toEqual([key]);
  });

  test('never shows a reader uncommitted work', async () => {
    const store = await open();
    const reader = await store.another();
    const [user, left, right] = await addUsers(store, 'user', 'left', 'right');
    await link(store, user, left);
    let done = false;
    const write = async () => {
      for (let round = 0; round < 40; round++)
        await store.storage.atomically(async ({ users, mentorships }) => {
          await mentorships.lockGraph(stoppedAt(now));
          await users.change(user.id, asChanges({ email: `${round}` }));
          await end(mentorships, user, 'replaced');
          await begin(mentorships, user, round % 2 ? left : right);
          await users.change(user.id, asChanges({ phone: `${round}` }));
        });
      done = true;
    };
    let reads = 0;
    const read = async () => {
      while (!done) {
        const { email, phone, mentorUsername } = await detailOf(reader, user);
        expect(phone).toBe(email);
        expect(mentorUsername).toBe(email !== null && Number(email) % 2 === 0 ? 'right' : 'left');
        reads += 1;
        await nextEventLoopTurn();
      }
    };
    await Promise.all([write(), read(), read()]);
    expect(reads).toBeGreaterThan(0);
    expect(await detailOf(reader, user)).toMatchObject({ email: '39', phone: '39', mentorUsername: 'left' });
  });

  test('shows committed work to another process at once', async () => {
    const store = await open();
    const reader = await store.another();
    for (let round = 0; round < 20; round++) {
      const [user] = await addUsers(store, `user${round}`);
      expect(await accountOf(reader, `user${round}`)).toMatchObject({ id: user.id });
    }
  });

  test.each(awkwardTexts.map((text) => [text.slice(0, 30), text]))('keeps %j as it is', async (_start, text) => {
    const store = await open();
    const added = await within(store, 'users', (users) => users.add(newUser('user', { email: text })));
    await within(store, 'users', (users) => users.change(added!.id, asChanges({ phone: text, passwordHash: text })));
    expect(await detailOf(store, added!)).toMatchObject({ email: text, phone: text, passwordHash: text });
    expect(await within(store, 'users', (users) => users.recordLogin(loginBy(added!.id, added!.passwordHash)))).toBe(
      false,
    );
  });
});

describeOnEachDatabase('a locked store', (create, name) => {
  /** Another program locks the tables and keeps the lock. */
  const lock = {
    sqlite: ['begin immediate'],
    postgres: ['begin', 'lock table users, sessions, mentor_graph in exclusive mode'],
  }[name];

  test('rejects writes, still serves reads, and writes again once the lock is released', async () => {
    const database = await create();
    const store = await openOn(database);
    const [user] = await addUsers(store, 'user');
    const other = await database.connect();
    for (const statement of lock) await other.query(statement);
    const write = () => within(store, 'users', (users) => users.change(user.id, asChanges({ phone: '123' })));
    const rejected = await Promise.allSettled([write(), write(), addUsers(store, 'another')]);
    expect(rejected).toMatchObject(
      Array.from({ length: 3 }, () => ({ reason: unavailability('storage_unavailable') })),
    );
    expect(await detailOf(store, user)).toMatchObject({ phone: null });
    await expect(store.storage.ping()).resolves.toBeUndefined();

    await other.query('rollback');
    await other.close();
    await write();
    expect(await detailOf(store, user)).toMatchObject({ phone: '123' });
    expect(await listUsers(store)).toHaveLength(1);
  });
});

/** Overwrites every writable property, at any depth. */
const overwrite = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    overwrite(inner);
    Reflect.set(value, name, 'overwritten');
  }
  if (Array.isArray(value)) Reflect.set(value, 'length', 0);
};

describeOnSqlite('a store whose file', (create) => {
  const openWithUser = async () => {
    const { url } = await create();
    const store = await openOn({ url });
    await addUsers(store, 'first');
    const path = url.slice('sqlite:'.length);
    const add = (name: string) => within(store, 'users', (users) => users.add(newUser(name)));
    return { store, path, aside: `${path}.aside`, add };
  };

  const remove: Record<string, (path: string, aside: string) => void> = {
    'was moved away': (path, aside) => renameSync(path, aside),
    'was replaced by a copy': (path, aside) => {
      renameSync(path, aside);
      copyFileSync(aside, path);
    },
    'is in a folder that was renamed': (path) => renameSync(dirname(path), `${dirname(path)}.aside`),
    'lost its write-ahead log': (path, aside) => renameSync(`${path}-wal`, aside),
  };
  const putBack: typeof remove = {
    'was moved away': (path, aside) => renameSync(aside, path),
    'was replaced by a copy': (path, aside) => renameSync(aside, path),
    'is in a folder that was renamed': (path) => renameSync(`${dirname(path)}.aside`, dirname(path)),
    'lost its write-ahead log': (path, aside) => renameSync(aside, `${path}-wal`),
  };

  test.each(Object.keys(remove))('%s acknowledges no write and is not ready, until it is back', async (what) => {
    const { store, path, aside, add } = await openWithUser();
    remove[what]!(path, aside);
    await expect(add('lost')).rejects.toMatchObject(unavailability('storage_unavailable'));
    await expect(store.storage.ping()).rejects.toMatchObject(unavailability('storage_unavailable'));
    putBack[what]!(path, aside);
    await store.storage.ping();
    await add('kept');
    expect((await listUsers(store)).map(({ username }) => username)).toEqual(['first', 'kept']);
    rmSync(aside, { force: true });
  });
});
