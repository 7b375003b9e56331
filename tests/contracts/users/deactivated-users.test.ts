import { type PasswordHash, type UserId, usernameKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  accountOf,
  addUsers,
  asChanges,
  day,
  detailOf,
  link,
  loginBy,
  newUser,
  now,
  within,
} from '../../support/records.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';

const deactivate = (store: Pick<TestStore, 'storage'>, id: UserId, at = now) =>
  store.storage.atomically(({ users }) => users.deactivate(id, at));

const activate = (store: Pick<TestStore, 'storage'>, id: UserId) =>
  store.storage.atomically(({ users }) => users.activate(id));

describeOnEachStore('an account that is deactivated', (open) => {
  test('has no hash to match, and records no login, until it is activated', async () => {
    const store = await open();
    const [alice, bob] = await addUsers(store, 'alice', 'bob');
    const logIn = () => within(store, 'users', (users) => users.recordLogin(loginBy(alice.id, alice.passwordHash)));
    expect(await deactivate(store, alice.id)).toBe(true);
    expect(await accountOf(store, 'ALICE')).toEqual({ id: alice.id, passwordHash: null, knownNetwork: false });
    expect(await accountOf(store, 'bob')).toMatchObject({ id: bob.id, passwordHash: bob.passwordHash });
    expect(await logIn()).toBe(false);

    expect(await activate(store, alice.id)).toBe(true);
    expect(await accountOf(store, 'alice')).toMatchObject({ passwordHash: alice.passwordHash });
    expect(await logIn()).toBe(true);
  });

  test('says since when', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    const find = () => within(store, 'users', (users) => users.find(usernameKey('alice')));
    expect(await find()).toMatchObject({ deactivatedAt: null });
    await deactivate(store, alice.id, now + day);
    expect(await find()).toEqual({ ...alice, deactivatedAt: now + day });
    await activate(store, alice.id);
    expect(await find()).toEqual(alice);
  });

  test('is so once, however many ask at once', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    const second = await store.another();
    const eight = Array.from({ length: 8 }, (_, at) => (at % 2 ? store : second));
    expect(await activate(store, alice.id)).toBe(false);
    expect((await Promise.all(eight.map((each) => deactivate(each, alice.id)))).filter(Boolean)).toHaveLength(1);
    expect((await Promise.all(eight.map((each) => activate(each, alice.id)))).filter(Boolean)).toHaveLength(1);
  });

  test('is one that is there, and has not ended', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    await within(store, 'users', (users) => users.erase(alice.id, alice.passwordHash, now));
    for (const id of [alice.id, 4711 as UserId]) {
      expect(await deactivate(store, id)).toBe(false);
      expect(await activate(store, id)).toBe(false);
    }
  });

  test('is listed and shown, with its mentor and mentees, and can be changed', async () => {
    const store = await open();
    const [above, alice, below] = await addUsers(store, 'above', 'alice', 'below');
    await link(store, alice, above);
    await link(store, below, alice);
    const everyone = () => store.userDirectory.list({ after: null, limit: 9 });
    const before = [await everyone(), await detailOf(store, alice)];
    await deactivate(store, alice.id);
    expect([await everyone(), await detailOf(store, alice)]).toEqual(before);
    const passwordHash = '$argon2id$next' as PasswordHash;
    expect(await within(store, 'users', (users) => users.change(alice.id, asChanges({ passwordHash })))).toBe(true);
    await activate(store, alice.id);
    expect(await accountOf(store, 'alice')).toMatchObject({ passwordHash });
  });

  test('costs a failed login as much as before: its older hash still counts', async () => {
    const store = await open();
    const passwordHash = 'pbkdf2_sha256$600000$salt$digest';
    const brought = (await within(store, 'users', (users) => users.add(newUser('brought', { passwordHash }))))!;
    await deactivate(store, brought.id);
    expect(await store.userDirectory.credentials(usernameKey('brought'), null)).toMatchObject({
      account: { passwordHash: null },
      slowestHash: 600_000,
    });
  });
});
