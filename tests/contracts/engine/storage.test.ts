import { setImmediate as turn } from 'node:timers/promises';
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
} from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

const key = { kid: 'kid', publicKey: 'x', createdAt: now, expiresAt: now + hour };

describeOnEachStore('the storage', (open) => {
  /** A store with a user who has a mentor, a session and a key, and a look at all of it. */
  const openWithAll = async () => {
    const store = await open();
    const [user, mentor] = await addUsers(store, 'user', 'mentor');
    await link(store, user, mentor);
    const mine = session('mine', user.id);
    await store.storage.atomically(async ({ sessions, signingKeys }) => {
      await sessions.open(mine);
      await signingKeys.publish(key);
    });
    const ids = [user.id, mentor.id];
    const look = async () => ({
      list: await store.userDirectory.list({ after: null, limit: 99, mentor: null }),
      details: await Promise.all(ids.map((id) => detailOf(store, { id }))),
      open: await Promise.all(['mine', 'new'].map((id) => store.sessionDirectory.isOpen({ id, userId: ids[0]! }))),
      keys: await store.signingKeyDirectory.list(),
    });
    return { store, user, mentor, mine, look };
  };

  test('answers', async () => {
    const store = await open();
    await expect(store.storage.ping()).resolves.toBeUndefined();
  });

  test('hands back what the work results in', async () => {
    const { storage } = await open();
    const result = { any: ['thing'] };
    expect(await storage.atomically(async () => result)).toBe(result);
    expect(await storage.atomically(async () => undefined)).toBeUndefined();
  });

  test('keeps everything that the work did', async () => {
    const { store, user, mentor, mine } = await openWithAll();
    await store.storage.atomically(async ({ users, mentorships, sessions, signingKeys }) => {
      await mentorships.lockGraph(stoppedAt(now));
      await users.change(user.id, asChanges({ email: 'new@example.com' }));
      await end(mentorships, user, 'removed');
      const added = await users.add(newUser('added', { phone: '123' }));
      await begin(mentorships, added!, mentor);
      await sessions.end(mine, 'logout', now);
      await signingKeys.prune(now + 2 * hour);
    });
    expect(await detailOf(store, user)).toMatchObject({ email: 'new@example.com', mentorUsername: null });
    expect((await detailOf(store, mentor)).mentees).toMatchObject([{ username: 'added' }]);
    expect(await store.sessionDirectory.isOpen(mine)).toBe(false);
    expect(await store.signingKeyDirectory.list()).toEqual([]);
  });

  test('keeps nothing when the work throws, and throws just that', async () => {
    const { store, user, mentor, mine, look } = await openWithAll();
    const before = await look();
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
        await sessions.extendAccess(mine, now + hour, now);
        await sessions.end(mine, 'logout', now);
        await sessions.prune(now + 9 * hour);
        await attempts.raise('key', 1, now + hour, now);
        await securityEvents.add([securityEvent({ type: 'logged_in' }, unknownClient, { at: now, retention: 60 })]);
        await users.erase(mentor.id, mentor.passwordHash, now);
        await signingKeys.publish({ ...key, kid: 'new' });
        await signingKeys.prune(now + 9 * hour);
        throw reason;
      },
    );
    await expect(failed).rejects.toBe(reason);
    expect(await look()).toEqual(before);
    expect(await within(store, 'users', (users) => users.find(usernameKey('added')))).toBeNull();
    expect(await within(store, 'mentorships', (mentorships) => mentorships.mentorsAbove(user.id))).toEqual([mentor.id]);
    expect(await within(store, 'sessions', (sessions) => sessions.end(mine, 'logout', now))).toHaveLength(1);
  });

  test('lets a refusal out unchanged', async () => {
    const { storage } = await open();
    const refused = new DomainError('username_taken', { username: 'someone' });
    await expect(storage.atomically(() => Promise.reject(refused))).rejects.toBe(refused);
    const thrown = storage.atomically(() => {
      throw refused;
    });
    await expect(thrown).rejects.toBe(refused);
  });

  test('goes on after work that failed', async () => {
    const store = await open();
    const attempts = Array.from({ length: 40 }, (_, at) =>
      store.storage.atomically(async ({ users }) => {
        await users.add(newUser(`user${at}`));
        if (at % 2 === 1) throw new Error('odd');
      }),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(20);
    const names = (await store.userDirectory.list({ after: null, limit: 99, mentor: null })).map(
      (user) => user.username,
    );
    expect(names.toSorted()).toEqual(Array.from({ length: 20 }, (_, at) => `user${at * 2}`).toSorted());
  });

  test('cannot be changed by what it hands out', async () => {
    const { store, user, mentor, look } = await openWithAll();
    const before = structuredClone(await look());
    const found = await within(store, 'users', (users) => users.find(usernameKey('user')));
    const above = await within(store, 'mentorships', (mentorships) => mentorships.mentorsAbove(user.id));
    const credentials = await accountOf(store, 'user');
    for (const handedOut of [found, above, credentials, await look(), user, mentor]) spoil(handedOut);
    expect(await look()).toEqual(before);
  });

  test('cannot be changed by what it was given', async () => {
    const store = await open();
    const added = newUser('user', { email: 'user@example.com' });
    const stored = await within(store, 'users', (users) => users.add(added));
    const mine = session('mine', stored!.id);
    const published = { ...key };
    await within(store, 'sessions', (sessions) => sessions.open(mine));
    await within(store, 'signingKeys', (keys) => keys.publish(published));
    const { id } = stored!;
    for (const given of [added, mine, published]) spoil(given);
    expect(await detailOf(store, { id })).toMatchObject({ username: 'user', email: 'user@example.com' });
    expect(await store.sessionDirectory.isOpen({ id: 'mine', userId: id })).toBe(true);
    expect(await store.signingKeyDirectory.list()).toEqual([key]);
  });

  test('never shows a reader work that is half done', async () => {
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
    let seen = 0;
    const read = async () => {
      while (!done) {
        const { email, phone, mentorUsername } = await detailOf(reader, user);
        expect(phone).toBe(email);
        expect(mentorUsername).toBe(email !== null && Number(email) % 2 === 0 ? 'right' : 'left');
        seen += 1;
        await turn();
      }
    };
    await Promise.all([write(), read(), read()]);
    expect(seen).toBeGreaterThan(0);
    expect(await detailOf(reader, user)).toMatchObject({ email: '39', phone: '39', mentorUsername: 'left' });
  });

  test('shows another process at once what was kept', async () => {
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

describeOnEachDatabase('a store in trouble', (create, name) => {
  /** Another program has the tables, and does not let go. */
  const hold = {
    sqlite: ['begin immediate'],
    postgres: ['begin', 'lock table users, sessions, mentor_graph in exclusive mode'],
  }[name];

  test('that cannot write says so, keeps nothing, goes on reading, and then writes again', async () => {
    const database = await create();
    const store = await openOn(database);
    const [user] = await addUsers(store, 'user');
    const other = await database.connect();
    for (const statement of hold) await other.query(statement);
    const write = () => within(store, 'users', (users) => users.change(user.id, asChanges({ phone: '123' })));
    const refused = await Promise.allSettled([write(), write(), addUsers(store, 'another')]);
    expect(refused).toMatchObject(Array.from({ length: 3 }, () => ({ reason: unavailability('storage_unavailable') })));
    expect(await detailOf(store, user)).toMatchObject({ phone: null });
    await expect(store.storage.ping()).resolves.toBeUndefined();

    await other.query('rollback');
    await other.close();
    await write();
    expect(await detailOf(store, user)).toMatchObject({ phone: '123' });
    expect(await store.userDirectory.list({ after: null, limit: 9, mentor: null })).toHaveLength(1);
  });
});

/** Overwrites everything that can be overwritten, however deep. */
const spoil = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    spoil(inner);
    Reflect.set(value, name, 'spoiled');
  }
  if (Array.isArray(value)) Reflect.set(value, 'length', 0);
};
