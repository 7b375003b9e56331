import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Store } from '@mentorship/adapters/store';
import { type PasswordHash, pseudonym, type UserId, usernameKey } from '@mentorship/domain';
import { expect, onTestFinished, test } from 'vitest';
import { createTraceEraser } from '../../../packages/adapters/src/kysely/sqlite/trace-eraser.ts';
import {
  accountOf,
  addUsers,
  asChanges,
  day,
  link,
  loginBy,
  newUser,
  now,
  within,
  listUsers,
} from '../../support/records.ts';
import { openConnection } from '../../support/store/sqlite-file.ts';
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
      expect(await listUsers(store, { mentor: key })).toEqual([]);
    }
    expect(await store.userDirectory.detail(owner.id, 10)).toBeNull();
    expect(await listUsers(store)).toEqual([{ id: other.id, username: 'other', mentorUsername: null }]);
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
    expect(await listUsers(store)).toMatchObject([{ username: 'Owner' }, { username: 'next' }]);
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

describeOnSqlite('the files of a store in use', (create) => {
  const secrets = (at: number) => ({
    username: `Erasable${1000 + at}`,
    email: `mailbox${1000 + at}@example.com`,
    phone: `+7999000${1000 + at}`,
    passwordHash: `$argon2id$v=19$salt$digest${1000 + at}`,
  });
  const profile = (at: number, length: number) => ({ bio: `biography${1000 + at} ${'x'.repeat(length)}` });

  /** Adds users in no order, whose rows grow later: SQLite splits pages, and moves rows from one page to another. */
  const openWith = async (count: number, bioLength = 40) => {
    const { url } = await create();
    const path = url.slice('sqlite:'.length);
    const folder = dirname(path);
    const store = await openOn({ url });
    const ids = new Map<number, UserId>();
    await within(store, 'users', async (users) => {
      for (let at = 0; at < count; at += 1) {
        const shuffled = (at * 7919) % count;
        const { id } = (await users.add(newUser(secrets(shuffled).username, secrets(shuffled))))!;
        ids.set(shuffled, id);
        await users.change(id, profile(shuffled, bioLength + ((at * 31) % 97)));
        await users.change([...ids.values()][(at * 17) % ids.size]!, { skills: ['Moving', `Rows${at}`] as never });
      }
    });
    const texts = (at: number, fields: readonly string[]) =>
      Object.entries({ ...secrets(at), bio: `biography${1000 + at}` })
        .filter(([field]) => fields.includes(field))
        .flatMap(([, text]) => [text, text.toLowerCase()]);
    const eraseAll = async (ats: number[]) => {
      await within(store, 'users', async (users) => {
        for (const at of ats) await users.erase(ids.get(at)!, secrets(at).passwordHash as PasswordHash, now + day);
      });
    };
    const found = (ats: number[], fields = ['username', 'email', 'phone', 'passwordHash', 'bio']) => {
      const written = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
      const wanted = ats.flatMap((at) => texts(at, fields));
      return wanted.filter((text) => written.some((bytes) => bytes.includes(text)));
    };
    return { store, path, ids, eraseAll, found };
  };
  const every = (step: number, count: number) => Array.from({ length: count / step }, (_, at) => at * step);

  test.each([3, 300])('contain nothing of ended accounts among %i', async (count) => {
    const { store, path, eraseAll, found } = await openWith(count);
    const ended = every(3, count);
    expect(found([1, ...ended])).not.toEqual([]);
    await eraseAll(ended);
    expect(await store.storage.eraseTraces()).toBe(true);
    expect(found(ended)).toEqual([]);
    expect(found([1])).not.toEqual([]);
    expect(statSync(`${path}-wal`).size).toBe(0);
  });

  test('of a large store contain nothing in the log, and nothing at all after a thorough erasure', async () => {
    const { store, path, eraseAll, found } = await openWith(1200, 2000);
    const ended = every(20, 1200);
    await eraseAll(ended);
    expect(await store.storage.eraseTraces()).toBe(true);
    expect(statSync(`${path}-wal`).size).toBe(0);
    expect(statSync(path).size).toBeGreaterThan(1024 * 1024);
    // What SQLite moved when it split a page: of few accounts.
    expect(found(ended).length).toBeLessThan(ended.length);
    expect(await store.storage.eraseTraces({ thorough: true })).toBe(true);
    expect(found(ended)).toEqual([]);
  });

  test.each(['begin', 'begin immediate'])(
    'contain nothing of ended accounts soon after another process ends its transaction (%s)',
    async (statement) => {
      const { store, path, eraseAll, found } = await openWith(10);
      await eraseAll([3]);
      const other = openConnection(path);
      other.exec(statement);
      other.prepare('select * from users').all();
      expect(await store.storage.eraseTraces()).toBe(false);
      expect(found([3])).not.toEqual([]);
      // The store is as usable as ever.
      expect(await listUsers(store)).toHaveLength(9);
      other.exec('commit');
      await expect.poll(() => found([3]), { timeout: 20_000 }).toEqual([]);
    },
  );

  test.each([
    ['this process', false],
    ['another process', true],
  ])('contain nothing that %s has overwritten, after a while', async (_, inAnother) => {
    const { store, path, ids, found } = await openWith(10);
    const other = inAnother ? await store.another() : store;
    const connection = openConnection(path);
    const eraser = createTraceEraser(connection, async (work) => work(), { repeatAfterMs: 10, maxLogAgeMs: 50 });
    onTestFinished(eraser.stop);
    const erased = { email: null, phone: null, bio: null };
    await within(other, 'users', (users) => users.change(ids.get(3)!, erased));
    await expect.poll(() => found([3], ['email', 'phone', 'bio'])).toEqual([]);
  });

  test('contain nothing of ended accounts after erasures between other transactions', async () => {
    const { store, eraseAll, found } = await openWith(10);
    const write = (at: number) => within(store, 'users', (users) => users.add(newUser(`writer${at}`)));
    const writing = Array.from({ length: 50 }, (_, at) => write(at));
    await eraseAll([3, 7]);
    const erasures = Array.from({ length: 3 }, () => store.storage.eraseTraces());
    expect(await Promise.all(erasures)).toEqual([true, true, true]);
    expect(await Promise.all(writing)).not.toContain(null);
    await store.storage.eraseTraces();
    expect(found([3, 7])).toEqual([]);
  });
});
