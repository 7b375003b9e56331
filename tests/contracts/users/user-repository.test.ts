import { parseUsername, type PasswordHash, usernameKey, type UserId, type UserChanges } from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  addUsers,
  asChanges,
  awkwardTexts,
  detailOf,
  newUser,
  within,
  accountOf,
  loginBy,
  listUsers,
} from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const unknown = 4711 as UserId;

describeOnEachStore('the user repository', (open) => {
  test('assigns ids in ascending order', async () => {
    const store = await open();
    const first = await addUsers(store, 'zoe', 'adam', 'mia');
    const second = await addUsers(store, 'ben');
    const ids = [...first, ...second].map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(4);
    expect(ids.every((id) => Number.isInteger(id) && id > 0)).toBe(true);
  });

  test('assigns larger ids after a rolled-back transaction', async () => {
    const store = await open();
    const [before] = await addUsers(store, 'before');
    const failed = store.storage.atomically(async ({ users }) => {
      await users.add(newUser('lost'));
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    const [after] = await addUsers(store, 'after');
    expect(after.id).toBeGreaterThan(before.id);
    expect(await within(store, 'users', (users) => users.find(usernameKey('lost')))).toBeNull();
  });

  test('returns the stored user with its id', async () => {
    const store = await open();
    const full = newUser('John', { email: 'john@example.com', phone: '+79999999999', passwordHash: '$h$1' });
    const bare = newUser('bare');
    const [john, other] = await within(store, 'users', async (users) => [await users.add(full), await users.add(bare)]);
    expect(john).toEqual({ ...full, id: john!.id, deactivatedAt: null, profile: null });
    expect(other).toEqual({ ...bare, id: other!.id, deactivatedAt: null, profile: null });
    expect(await within(store, 'users', (users) => users.find(usernameKey('John')))).toEqual(john);
    expect(await within(store, 'users', (users) => users.find(usernameKey('bare')))).toEqual(other);
  });

  test('finds a user by name, ignoring case, even in the transaction that added it', async () => {
    const store = await open();
    await within(store, 'users', async (users) => {
      const added = await users.add(newUser('John.Doe'));
      expect(await users.find(usernameKey('JOHN.DOE'))).toEqual(added);
      expect(await users.find(usernameKey('john.do'))).toBeNull();
      expect(await users.find(usernameKey('john_doe'))).toBeNull();
    });
  });

  test.each([
    ['alice', 'ALICE'],
    ['Straße', 'STRASSE'],
    ['σίσυφος', 'ΣΊΣΥΦΟΣ'],
    ['José', 'jose\u0301'],
    ['ﬁona', 'FIONA'],
    ['Иван', 'ИВАН'],
  ])('%s takes the name %s too, and the transaction continues', async (name, same) => {
    const store = await open();
    const [first] = await addUsers(store, parseUsername(name));
    const results = await within(store, 'users', async (users) => [
      await users.add(newUser(parseUsername(same))),
      await users.add(newUser('someone.else')),
    ]);
    expect(results[0]).toBeNull();
    expect(results[1]).toMatchObject({ username: 'someone.else' });
    expect(await within(store, 'users', (users) => users.find(usernameKey(same)))).toEqual(first);
    expect(await listUsers(store)).toHaveLength(2);
  });

  test('distinguishes names that only look alike', async () => {
    const store = await open();
    const added = await addUsers(store, 'a-b', 'a_b', 'a.b', 'ab', 'áe', 'ae', 'аe');
    expect(added.every((user) => user !== null)).toBe(true);
  });

  test('keeps any text unchanged', async () => {
    const store = await open();
    const users = awkwardTexts.map((text, at) =>
      newUser(`user${at}`, { email: text, phone: text, passwordHash: `$${text}` }),
    );
    const added = await within(store, 'users', async (repository) => {
      const all = [];
      for (const user of users) all.push(await repository.add(user));
      return all;
    });
    for (const [at, user] of users.entries()) {
      const found = await within(store, 'users', (repository) => repository.find(usernameKey(user.username)));
      expect(found).toEqual({ ...user, id: added[at]!.id, deactivatedAt: null, profile: null });
    }
  });

  test('keeps any text as a name', async () => {
    const store = await open();
    const names = awkwardTexts.filter((text) => text.length < 1000);
    const added = await addUsers(store, ...names);
    const listed = await listUsers(store);
    expect(listed.map(({ username }) => username)).toEqual(names);
    for (const user of added) expect(await accountOf(store, user.username)).toMatchObject({ id: user.id });
  });

  test.each<[title: string, changes: UserChanges]>([
    ['the email', asChanges({ email: 'new@example.com' })],
    ['the phone', asChanges({ phone: '123' })],
    ['the password hash', asChanges({ passwordHash: '$new' })],
    ['the email to nothing', asChanges({ email: null })],
    ['the phone to nothing', asChanges({ phone: null })],
    ['two of them', asChanges({ email: 'new@example.com', phone: null })],
    ['all of them', asChanges({ email: 'new@example.com', phone: '123', passwordHash: '$new' })],
    ['nothing', {}],
  ])('changes %s and keeps the rest', async (_title, changes) => {
    const store = await open();
    const contact = { email: 'old@example.com', phone: '000', passwordHash: '$old' };
    const [user, other] = await within(store, 'users', async (users) => [
      (await users.add(newUser('one', contact)))!,
      (await users.add(newUser('other', contact)))!,
    ]);
    await within(store, 'users', (users) => users.change(user.id, changes));
    const find = (name: string) => within(store, 'users', (users) => users.find(usernameKey(name)));
    expect(await find('one')).toEqual({ ...user, ...changes });
    expect(await find('other')).toEqual(other);
  });

  test('changes no user for an unknown id', async () => {
    const store = await open();
    const [user] = await addUsers(store, 'alone');
    await within(store, 'users', (users) => users.change(unknown, asChanges({ email: 'x@example.com' })));
    expect(await within(store, 'users', (users) => users.find(usernameKey('alone')))).toEqual(user);
  });

  test('records a login only while the verified hash is current', async () => {
    const store = await open();
    const [user] = await addUsers(store, 'alice');
    const record = (id: UserId, verified: string) =>
      within(store, 'users', (users) => users.recordLogin(loginBy(id, verified)));
    expect(await record(user.id, user.passwordHash)).toBe(true);
    expect(await record(user.id, user.passwordHash)).toBe(true);
    expect(await record(user.id, user.passwordHash.toUpperCase())).toBe(false);
    expect(await record(unknown, user.passwordHash)).toBe(false);

    await within(store, 'users', (users) => users.change(user.id, asChanges({ passwordHash: '$new' })));
    expect(await record(user.id, user.passwordHash)).toBe(false);
    expect(await record(user.id, '$new')).toBe(true);
    expect((await detailOf(store, user)).passwordHash).toBe('$new');
  });

  test('replaces the verified hash with the rehashed one, once', async () => {
    const store = await open();
    const [user] = await addUsers(store, 'alice');
    const record = (verified: string, rehashed: string) =>
      within(store, 'users', (users) =>
        users.recordLogin(loginBy(user.id, verified, { rehashed: rehashed as PasswordHash })),
      );
    expect(await record(user.passwordHash, '$rehashed')).toBe(true);
    expect(await record(user.passwordHash, '$again')).toBe(false);
    expect((await detailOf(store, user)).passwordHash).toBe('$rehashed');
  });

  test('lets one of 16 concurrent logins replace the hash', async () => {
    const store = await open();
    const second = await store.another();
    const [user] = await addUsers(store, 'alice');
    const hashes = Array.from({ length: 16 }, (_, at) => `$rehashed${at}` as PasswordHash);
    const recorded = await Promise.all(
      hashes.map((rehashed, at) =>
        within(at % 2 ? store : second, 'users', (users) =>
          users.recordLogin(loginBy(user.id, user.passwordHash, { rehashed })),
        ),
      ),
    );
    expect(recorded.filter(Boolean)).toHaveLength(1);
    expect((await detailOf(store, user)).passwordHash).toBe(hashes[recorded.indexOf(true)]);
  });

  test('returns whether the user exists', async () => {
    const store = await open();
    const [user] = await addUsers(store, 'alice');
    for (const changes of [{}, { email: 'new@example.com' }]) {
      expect(await within(store, 'users', (users) => users.change(user.id, asChanges(changes)))).toBe(true);
      expect(await within(store, 'users', (users) => users.change(unknown, asChanges(changes)))).toBe(false);
    }
  });
});
