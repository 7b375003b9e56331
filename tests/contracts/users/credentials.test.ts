import type { Store } from '@mentorship/adapters/store';
import type { UserRepository } from '@mentorship/application';
import { type PasswordHash, type User, usernameKey } from '@mentorship/domain';
import { constantFrom, integer, option, sample } from 'fast-check';
import { expect, test } from 'vitest';
import { addUsers, asChanges, loginBy, minute, newUser, now, within } from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

const pbkdf2 = (iterations: number) => `pbkdf2_sha256$${iterations}$salt$digest`;

const slowest = async (store: Store) =>
  (await store.userDirectory.credentials(usernameKey('unknown'), null)).slowestHash;

const logIn = (store: Store, { id, passwordHash }: User, network: string | null, at = now) =>
  within(store, 'users', (users) => users.recordLogin(loginBy(id, passwordHash, { network, at })));

const knows = async (store: Store, { username }: User, network: string | null) =>
  (await store.userDirectory.credentials(usernameKey(username), network)).account?.knownNetwork;

describeOnEachStore('the known networks of credentials', (open) => {
  test('are those from which this account has logged in', async () => {
    const store = await open();
    const [alice, bob] = await addUsers(store, 'alice', 'bob');
    expect(await knows(store, alice, '192.0.2.1')).toBe(false);
    expect(await logIn(store, alice, '192.0.2.1')).toBe(true);
    expect(await logIn(store, alice, '2001:db8::/64')).toBe(true);
    expect(await logIn(store, alice, '192.0.2.1')).toBe(true);
    for (const network of ['192.0.2.1', '2001:db8::/64']) expect(await knows(store, alice, network)).toBe(true);
    for (const network of ['192.0.2.10', '192.0.2.', '', '%', null])
      expect(await knows(store, alice, network)).toBe(false);
    expect(await knows(store, bob, '192.0.2.1')).toBe(false);
  });

  test('include the network of the registration', async () => {
    const store = await open();
    const register = (name: string, network: string | null) =>
      within(store, 'users', (users) => users.add(newUser(name), network));
    const [alice, bob] = [await register('alice', '2001:db8::/64'), await register('bob', null)];
    expect(await register('ALICE', '192.0.2.1')).toBeNull();
    expect(await knows(store, alice!, '2001:db8::/64')).toBe(true);
    expect(await knows(store, alice!, '192.0.2.1')).toBe(false);
    expect(await knows(store, bob!, '2001:db8::/64')).toBe(false);
  });

  test('include a network only after a successful login', async () => {
    const store = await open();
    const [alice] = await addUsers(store, 'alice');
    expect(await logIn(store, { ...alice, passwordHash: '$wrong' as PasswordHash }, '192.0.2.1')).toBe(false);
    expect(await logIn(store, alice, null)).toBe(true);
    expect(await knows(store, alice, '192.0.2.1')).toBe(false);
    expect(await knows(store, alice, null)).toBe(false);
  });

  test('are the 100 networks of the latest logins', async () => {
    const store = await open();
    const [alice, bob] = await addUsers(store, 'alice', 'bob');
    await logIn(store, bob, 'network 0');
    await within(store, 'users', async (users) => {
      for (let at = 0; at < 120; at++)
        await users.recordLogin(loginBy(alice.id, alice.passwordHash, { network: `network ${at}`, at: now + at }));
      // The oldest remaining network is used again, so that the second oldest is forgotten next.
      for (const [after, network] of ['network 20', 'another'].entries())
        await users.recordLogin(loginBy(alice.id, alice.passwordHash, { network, at: now + minute + after }));
    });
    const known = await Promise.all(Array.from({ length: 120 }, (_, at) => knows(store, alice, `network ${at}`)));
    expect(known.flatMap((yes, at) => (yes ? [at] : []))).toEqual([
      20,
      ...Array.from({ length: 98 }, (_, at) => at + 22),
    ]);
    expect(await knows(store, alice, 'another')).toBe(true);
    expect(await knows(store, bob, 'network 0')).toBe(true);
  });
});

describeOnEachStore('the slowest PBKDF2 hash of credentials', (open) => {
  const add = async (store: Store, name: string, passwordHash: string) =>
    (await within(store, 'users', (users) => users.add(newUser(name, { passwordHash }))))!;

  test('is the same for every name', async () => {
    const store = await open();
    await add(store, 'ours', '$argon2id$v=19$m=19456,t=2,p=1$salt$digest');
    expect(await slowest(store)).toBeNull();
    await add(store, 'first', pbkdf2(260_000));
    await add(store, 'second', pbkdf2(1_000_000));
    await add(store, 'third', pbkdf2(600_000));
    for (const name of ['ours', 'first', 'second', 'unknown', ''])
      expect((await store.userDirectory.credentials(usernameKey(name), '192.0.2.1')).slowestHash).toBe(1_000_000);
  });

  test('is gone once it is changed, rehashed at a login or erased', async () => {
    const store = await open();
    const [first, second, third] = [
      await add(store, 'first', pbkdf2(300_000)),
      await add(store, 'second', pbkdf2(200_000)),
      await add(store, 'third', pbkdf2(100_000)),
    ];
    const onUsers = <Result>(work: (users: UserRepository) => Promise<Result>) => within(store, 'users', work);
    await onUsers((users) => users.change(first.id, asChanges({ email: 'first@example.com' })));
    await onUsers((users) => users.recordLogin(loginBy(first.id, first.passwordHash)));
    expect(await slowest(store)).toBe(300_000);
    const rehashed = '$argon2id$v=19$rehashed' as PasswordHash;
    await onUsers((users) => users.recordLogin(loginBy(first.id, first.passwordHash, { rehashed })));
    expect(await slowest(store)).toBe(200_000);
    await onUsers((users) => users.change(second.id, asChanges({ passwordHash: rehashed })));
    expect(await slowest(store)).toBe(100_000);
    await onUsers((users) => users.erase(third.id, third.passwordHash, now));
    expect(await slowest(store)).toBeNull();
  });

  test('is right after random changes of random users', async () => {
    const store = await open();
    const hashes = new Map<number, number | null>();
    const users = await addUsers(store, 'a', 'b', 'c', 'd');
    const changes = sample(option(integer({ min: 1, max: 5 }), { nil: null }), 30);
    for (const [at, user] of sample(constantFrom(...users), changes.length).entries()) {
      const iterations = changes[at] ?? null;
      const passwordHash = iterations === null ? '$argon2id$' : pbkdf2(iterations);
      await within(store, 'users', (repository) => repository.change(user.id, asChanges({ passwordHash })));
      hashes.set(user.id, iterations);
      const left = [...hashes.values()].filter((each) => each !== null);
      expect(await slowest(store)).toBe(left.length === 0 ? null : Math.max(...left));
    }
  });
});

describeOnEachDatabase('the iterations that the database derives from a hash', (create) => {
  const openWithUser = async () => {
    const database = await create();
    const store = await openOn(database);
    const [user] = await addUsers(store, 'alice', 'bob');
    return {
      store,
      writeHash: (hash: string) => database.query(`update users set password_hash = '${hash}' where id = ${user.id}`),
    };
  };

  test('are right for a hash written by any program', async () => {
    const { store, writeHash } = await openWithUser();
    for (const iterations of [600_000, 1, 999_999_999]) {
      await writeHash(pbkdf2(iterations));
      expect(await slowest(store)).toBe(iterations);
    }
    await writeHash('$argon2id$v=19$m=19456,t=2,p=1$salt$digest');
    expect(await slowest(store)).toBeNull();
  });

  test.each([
    'pbkdf2_sha256$',
    'pbkdf2_sha256$$salt$digest',
    'pbkdf2_sha256$abc$',
    'pbkdf2_sha256$12abc$salt$digest',
    'pbkdf2_sha256$-5$salt$digest',
    'pbkdf2_sha256$1000',
    'pbkdf2_sha256$99999999999$',
    'pbkdf2_sha256$99999999999999999999999999$salt$digest',
    'pbkdf2_sha1$1000$salt$digest',
    ' pbkdf2_sha256$1000$salt$digest',
  ])('are null for %j, which the database accepts', async (hash) => {
    const { store, writeHash } = await openWithUser();
    await writeHash(hash);
    expect(await slowest(store)).toBeNull();
    const added = await within(store, 'users', (users) => users.add(newUser('carol', { passwordHash: hash })));
    expect(added).toMatchObject({ passwordHash: hash });
    expect(await slowest(store)).toBeNull();
  });
});
