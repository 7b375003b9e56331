import type { UserPage } from '@mentorship/application';
import { type UserId, usernameKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { accountOf, addUsers, asChanges, link, newUser, unlink, within, listUsers } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

const all = { after: null, limit: 1000, mentor: null };
const unknown = 4711 as UserId;

describeOnEachStore('the user directory', (open) => {
  test('lists no users in an empty store', async () => {
    const { userDirectory } = await open();
    expect(await userDirectory.list(all)).toEqual({ users: [], next: null });
    expect(await userDirectory.detail(1 as UserId, 10)).toBeNull();
    expect(await userDirectory.credentials(usernameKey('anyone'), null)).toEqual({ account: null, slowestHash: null });
  });

  test('lists all users by ascending id, with their mentors and no other fields', async () => {
    const store = await open();
    const [zoe, adam, mia] = await addUsers(store, 'Zoe', 'adam', 'Mia');
    await link(store, zoe, mia);
    await link(store, adam, mia);
    await unlink(store, adam);
    expect(await listUsers(store)).toEqual([
      { id: zoe.id, username: 'Zoe', mentorUsername: 'Mia' },
      { id: adam.id, username: 'adam', mentorUsername: null },
      { id: mia.id, username: 'Mia', mentorUsername: null },
    ]);
  });

  test.each([1, 4, 25, 26])('pages of %i make up the complete list', async (limit) => {
    const store = await open();
    const users = await addUsers(store, ...Array.from({ length: 25 }, (_, at) => `user${25 - at}`));
    const pages: number[][] = [];
    let after: UserId | null = null;
    do {
      const page: UserPage = await store.userDirectory.list({ after, limit, mentor: null });
      pages.push(page.users.map(({ id }) => id));
      after = page.next;
    } while (after !== null);
    expect(pages.flat()).toEqual(users.map(({ id }) => id));
    expect(pages).toHaveLength(Math.ceil(25 / limit));
  });

  test('continues after an id, even if the list does not have it', async () => {
    const store = await open();
    const users = await addUsers(store, 'a', 'b', 'mentor', 'c', 'd');
    const [a, b, mentor, c, d] = users;
    for (const mentee of [d, b, a]) await link(store, mentee, mentor);
    const after = async (id: UserId | null, of: string | null) => {
      const found = await listUsers(store, { after: id, mentor: of === null ? null : usernameKey(of) });
      return found.map(({ username }) => username);
    };
    expect(await after(b.id, null)).toEqual(['mentor', 'c', 'd']);
    expect(await after(d.id, null)).toEqual([]);
    expect(await after(unknown, null)).toEqual([]);
    expect(await after(null, 'mentor')).toEqual(['a', 'b', 'd']);
    expect(await after(a.id, 'mentor')).toEqual(['b', 'd']);
    expect(await after(c.id, 'mentor')).toEqual(['d']);
    expect(await after(d.id, 'mentor')).toEqual([]);
  });

  test('lists the active mentees of a mentor by name, ignoring case', async () => {
    const store = await open();
    const [first, second, mentor, rival] = await addUsers(store, 'first', 'second', 'Jörg', 'rival');
    await link(store, second, mentor);
    await link(store, first, mentor);
    const mentees = (name: string) => listUsers(store, { mentor: usernameKey(name) });
    expect(await mentees('JÖRG')).toEqual([
      { id: first.id, username: 'first', mentorUsername: 'Jörg' },
      { id: second.id, username: 'second', mentorUsername: 'Jörg' },
    ]);
    expect(await listUsers(store, { limit: 1, mentor: usernameKey('jörg') })).toHaveLength(1);
    await unlink(store, first);
    await link(store, first, rival);
    expect(await mentees('Jörg')).toEqual([{ id: second.id, username: 'second', mentorUsername: 'Jörg' }]);
    expect(await mentees('second')).toEqual([]);
    expect(await mentees('unknown')).toEqual([]);
    expect(await mentees('')).toEqual([]);
  });

  test('shows all fields of a user, and mentees by ascending id', async () => {
    const store = await open();
    const user = newUser('Mentor', { email: 'm@example.com', phone: '+1 (23) 4', passwordHash: '$h$s$d' });
    const mentor = (await within(store, 'users', (users) => users.add(user)))!;
    const [b, a, boss] = await addUsers(store, 'b', 'a', 'boss');
    await link(store, a, mentor);
    await link(store, b, mentor);
    await link(store, mentor, boss);
    expect(await store.userDirectory.detail(mentor.id, 10)).toEqual({
      id: mentor.id,
      username: 'Mentor',
      email: 'm@example.com',
      phone: '+1 (23) 4',
      passwordHash: '$h$s$d',
      mentorUsername: 'boss',
      profile: null,
      mentees: [
        { id: b.id, username: 'b' },
        { id: a.id, username: 'a' },
      ],
    });
    expect(await store.userDirectory.detail(unknown, 10)).toBeNull();
  });

  test('shows absent fields as null, and no mentees as an empty list', async () => {
    const store = await open();
    const [user, former] = await addUsers(store, 'bare', 'former');
    await link(store, former, user);
    await unlink(store, former);
    const absent = { email: null, phone: null, mentorUsername: null, mentees: [] };
    expect(await store.userDirectory.detail(user.id, 10)).toMatchObject(absent);
    expect(await store.userDirectory.detail(former.id, 10)).toMatchObject(absent);
  });

  test.each([1, 2, 3, 4, 10])('shows the first %i mentees', async (limit) => {
    const store = await open();
    const [mentor, ...mentees] = await addUsers(store, 'mentor', 'd', 'c', 'b', 'a');
    for (const mentee of mentees.toReversed()) await link(store, mentee, mentor);
    const detail = await store.userDirectory.detail(mentor.id, limit);
    expect(detail?.mentees.map(({ id }) => id)).toEqual(mentees.map(({ id }) => id).slice(0, limit));
  });

  test('returns the current credentials of a name, ignoring case', async () => {
    const store = await open();
    const [user, other] = await addUsers(store, 'Ünal', 'other');
    const credentials = (name: string) => accountOf(store, name);
    expect(await credentials('ÜNAL')).toEqual({ id: user.id, passwordHash: user.passwordHash, knownNetwork: false });
    await within(store, 'users', (users) => users.change(user.id, asChanges({ passwordHash: '$new' })));
    expect(await credentials('u\u0308nal')).toEqual({ id: user.id, passwordHash: '$new', knownNetwork: false });
    expect(await credentials('other')).toEqual({ id: other.id, passwordHash: other.passwordHash, knownNetwork: false });
    for (const name of ['unal', '%', '_nal', '', `' or ''='`]) expect(await credentials(name)).toBeNull();
  });

  test.each(['李雷', 'Ελένη', 'محمد', 'नमस्ते', 'Đặng', 'A@b.+-_9', 'x'.repeat(150)])(
    'shows the name %s unchanged',
    async (name) => {
      const store = await open();
      const [user, mentee] = await addUsers(store, name, 'mentee');
      await link(store, mentee, user);
      expect(await store.userDirectory.detail(user.id, 1)).toMatchObject({ username: name });
      expect(await store.userDirectory.detail(mentee.id, 1)).toMatchObject({ mentorUsername: name });
      expect(await listUsers(store, { mentor: usernameKey(name) })).toEqual([
        { id: mentee.id, username: 'mentee', mentorUsername: name },
      ]);
    },
  );
});
