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
  listUsers,
} from '../../support/records.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';

const deactivate = (store: Pick<TestStore, 'storage'>, id: UserId, at = now) =>
  store.storage.atomically(({ users }) => users.deactivate(id, at));

const activate = (store: Pick<TestStore, 'storage'>, id: UserId) =>
  store.storage.atomically(({ users }) => users.activate(id));

describeOnEachStore('a deactivated account', (open) => {
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

  test('has the time of its deactivation', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    const find = () => within(store, 'users', (users) => users.find(usernameKey('alice')));
    expect(await find()).toMatchObject({ deactivatedAt: null });
    await deactivate(store, alice.id, now + day);
    expect(await find()).toEqual({ ...alice, deactivatedAt: now + day });
    await activate(store, alice.id);
    expect(await find()).toEqual(alice);
  });

  test('is deactivated and activated once each by 8 concurrent calls', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    const second = await store.another();
    const eight = Array.from({ length: 8 }, (_, at) => (at % 2 ? store : second));
    expect(await activate(store, alice.id)).toBe(false);
    expect((await Promise.all(eight.map((each) => deactivate(each, alice.id)))).filter(Boolean)).toHaveLength(1);
    expect((await Promise.all(eight.map((each) => activate(each, alice.id)))).filter(Boolean)).toHaveLength(1);
  });

  test('must exist and not have ended', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    await within(store, 'users', (users) => users.erase(alice.id, alice.passwordHash, now));
    for (const id of [alice.id, 4711 as UserId]) {
      expect(await deactivate(store, id)).toBe(false);
      expect(await activate(store, id)).toBe(false);
    }
  });

  test('is listed and shown with its mentor and mentees, but not as accepting mentees, and can be changed', async () => {
    const store = await open();
    const [above, alice, below] = await addUsers(store, 'above', 'alice', 'below');
    await link(store, alice, above);
    await link(store, below, alice);
    const list = () => listUsers(store);
    const before = [await list(), await detailOf(store, alice)];
    await deactivate(store, alice.id);
    expect([await list(), await detailOf(store, alice)]).toEqual(before);
    const accepting = await listUsers(store, { accepting: true });
    expect(accepting.map(({ username }) => username)).toEqual(['above', 'below']);
    const passwordHash = '$argon2id$next' as PasswordHash;
    expect(await within(store, 'users', (users) => users.change(alice.id, asChanges({ passwordHash })))).toBe(true);
    await activate(store, alice.id);
    expect(await accountOf(store, 'alice')).toMatchObject({ passwordHash });
  });

  test('still counts for the slowest hash, so that a failed login takes as long as before', async () => {
    const store = await open();
    const passwordHash = 'pbkdf2_sha256$600000$salt$digest';
    const imported = (await within(store, 'users', (users) => users.add(newUser('imported', { passwordHash }))))!;
    await deactivate(store, imported.id);
    expect(await store.userDirectory.credentials(usernameKey('imported'), null)).toMatchObject({
      account: { passwordHash: null },
      slowestHash: 600_000,
    });
  });
});
