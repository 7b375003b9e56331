import type { Store } from '@mentorship/adapters/store';
import type { UserListQuery } from '@mentorship/application';
import { parseSkills, pseudonym, skillKey, usernameKey } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { addUsers, link, type Profile, setProfile, unlink, within, listUsers } from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

/** The names of the users who pass the filter, by ascending id. */
const names = async (store: Store, filter: Partial<UserListQuery>): Promise<string[]> =>
  (await listUsers(store, filter)).map(({ username }) => username);

describeOnEachStore('the search for users', (open) => {
  const openWith = async <const Names extends readonly string[]>(...of: Names) => {
    const store = await open();
    const users = await addUsers(store, ...of);
    return { store, users, begin: (prefix: string) => names(store, { prefix: usernameKey(prefix) }) };
  };

  test('finds users whose name begins with the prefix, ignoring case', async () => {
    const { begin } = await openWith('Anna', 'ann', 'ANNABEL', 'Hanna', 'an', 'bob');
    expect(await begin('ann')).toEqual(['Anna', 'ann', 'ANNABEL']);
    expect(await begin('ANNA')).toEqual(['Anna', 'ANNABEL']);
    expect(await begin('annabel')).toEqual(['ANNABEL']);
    expect(await begin('annabella')).toEqual([]);
    expect(await begin('nna')).toEqual([]);
    expect(await begin('c')).toEqual([]);
  });

  test.each([
    ['Straße', ['stra', 'STRASS', 'Straß', 'strasse']],
    ['STRASSE', ['straß', 'Strasse']],
    ['José', ['jos', 'JOSÉ', 'jose\u0301']],
    ['ﬁona', ['f', 'FI', 'ﬁ', 'fion']],
    ['Ｆｕｌｌ', ['f', 'full', 'ＦＵ']],
    ['Елена', ['ЕЛ', 'еле']],
    ['Ὀδυσσεύς', ['ὀδυ', 'ὈΔΥΣΣΕΎΣ', 'ὀδυσσεύς']],
    ['Οδοσα', ['οδοσ', 'ΟΔΟΣ', 'οδος', 'οδοσα']],
    ['İpek', ['i\u0307p', 'İ', 'İPEK']],
    ['ǅungla', ['dž', 'ǆ', 'DŽUN']],
    ['नमस्ते', ['न', 'नमस्']],
    ['李雷', ['李', '李雷']],
  ])('finds %s by each of %j', async (name, prefixes) => {
    const { begin } = await openWith('another', name, 'zoe');
    for (const prefix of prefixes) expect(await begin(prefix)).toEqual([name]);
  });

  test('has no wildcard characters in prefixes', async () => {
    const all = ['a_b', 'a%b', 'a\\b', 'a.b', 'a*b', 'a?b', 'a[b]', `a'b`, 'a"b', 'axb', '_', '%'];
    const { begin } = await openWith(...all);
    for (const name of all.filter((name) => name.length > 1)) {
      expect(await begin(name.slice(0, 2))).toEqual([name]);
      expect(await begin(name)).toEqual([name]);
    }
    expect(await begin('_')).toEqual(['_']);
    expect(await begin('%')).toEqual(['%']);
    for (const prefix of ['.', '*', '?', '\\', '^a', 'a|']) expect(await begin(prefix)).toEqual([]);
  });

  test('finds names that continue with the first and the last characters of Unicode', async () => {
    const last = ['\u{323af}', '\u{e01ef}', '\u{e01ef}\u{e01ef}', '\ud7fb', '鿿', '𞥃', '\u{10fffd}'];
    const all = ['z', 'z+', 'z-', ...last.map((text) => `z${text}`), 'z\u{10fffd}\u{10fffd}'];
    const { begin } = await openWith('y\u{10fffd}', ...all, 'ź', '\u{10fffd}');
    expect(await begin('z')).toEqual(all);
    expect(await begin('Z')).toEqual(all);
    expect(await begin('z\u{10fffd}')).toEqual(['z\u{10fffd}', 'z\u{10fffd}\u{10fffd}']);
    expect(await begin('\u{10fffd}')).toEqual(['\u{10fffd}']);
  });

  test('finds no ended account, by old name or pseudonym', async () => {
    const { store, users, begin } = await openWith('gone', 'going', 'former.user');
    await setProfile(store, users[0], { skills: parseSkills(['Go']) });
    await link(store, users[1], users[0]);
    await within(store, 'users', (repository) => repository.erase(users[0].id, users[0].passwordHash, 0));
    expect(await begin('go')).toEqual(['going']);
    for (const name of [pseudonym(users[0].id), 'former user', 'former']) {
      expect(await begin(name)).toEqual(name === 'former' ? ['former.user'] : []);
      expect(await names(store, { mentor: usernameKey(name) })).toEqual([]);
      expect(await store.userDirectory.find(usernameKey(name))).toBeNull();
    }
    expect(await names(store, { skill: skillKey('go') })).toEqual([]);
    expect(await names(store, { accepting: true })).toEqual(['going', 'former.user']);
    expect(await names(store, { withMentoring: true })).toEqual(['going', 'former.user']);
  });

  test('finds users by skill, ignoring case and extra spaces', async () => {
    const { store, users } = await openWith('a', 'b', 'c', 'none');
    const skills = [['TypeScript', 'Straßenbau'], ['typescript', 'Public   speaking'], ['Type', 'C++'], []];
    for (const [at, user] of users.entries()) await setProfile(store, user, { skills: parseSkills(skills[at]!) });
    const skilled = (text: string) => names(store, { skill: skillKey(text) });
    for (const text of ['typescript', 'TYPESCRIPT', ' TypeScript ']) expect(await skilled(text)).toEqual(['a', 'b']);
    expect(await skilled('type')).toEqual(['c']);
    expect(await skilled('STRASSENBAU')).toEqual(['a']);
    for (const text of ['public speaking', 'PUBLIC\t\n speaking']) expect(await skilled(text)).toEqual(['b']);
    expect(await skilled('c++')).toEqual(['c']);
    for (const text of ['', '%', 'type%', 'typescrip', 'c', 'publicspeaking']) expect(await skilled(text)).toEqual([]);
  });

  test('finds mentors who accept mentees and have a free place', async () => {
    const { store, users } = await openWith('silent', 'open', 'approval', 'closed', 'none', 'one', 'full', 'boss');
    const [, openly, approval, closed, none, one, full, boss] = users;
    for (const [user, profile] of [
      [openly, { mentorPolicy: 'open' }],
      [approval, { mentorPolicy: 'approval', mentorCapacity: null }],
      [closed, { mentorPolicy: 'closed', mentorCapacity: 9 }],
      [none, { mentorCapacity: 0 }],
      [one, { mentorCapacity: 1 }],
      [full, { mentorPolicy: 'approval', mentorCapacity: 2 }],
    ] satisfies [typeof openly, Profile][])
      await setProfile(store, user, profile);
    for (const mentee of [closed, none]) await link(store, mentee, full);
    for (const mentee of [openly, one]) await link(store, mentee, boss);
    const accepting = () => names(store, { accepting: true });
    expect(await accepting()).toEqual(['silent', 'open', 'approval', 'one', 'boss']);
    expect(await names(store, { accepting: false })).toHaveLength(8);

    await unlink(store, none);
    expect(await accepting()).toEqual(['silent', 'open', 'approval', 'one', 'full', 'boss']);
    await link(store, none, one);
    expect(await accepting()).toEqual(['silent', 'open', 'approval', 'full', 'boss']);
    await setProfile(store, one, { mentorCapacity: 2 });
    await setProfile(store, boss, { mentorCapacity: 2 });
    await setProfile(store, openly, { mentorPolicy: 'closed' });
    expect(await accepting()).toEqual(['silent', 'approval', 'one', 'full']);
    await setProfile(store, boss, { mentorCapacity: null });
    expect(await accepting()).toEqual(['silent', 'approval', 'one', 'full', 'boss']);
  });

  test('separates users with a mentor from users without', async () => {
    const { store, users } = await openWith('a', 'b', 'c', 'd');
    const [a, b, c, d] = users;
    await link(store, c, d);
    await link(store, a, d);
    await link(store, d, b);
    await unlink(store, d);
    expect(await names(store, { hasMentor: true })).toEqual(['a', 'c']);
    expect(await names(store, { hasMentor: false })).toEqual(['b', 'd']);
    expect(await names(store, { hasMentor: null })).toEqual(['a', 'b', 'c', 'd']);
    await unlink(store, c);
    expect(await names(store, { hasMentor: true })).toEqual(['a']);
  });

  test("shows each user's mentoring on request", async () => {
    const { store, users } = await openWith('silent', 'free', 'full', 'closed');
    const [silent, free, full, closed] = users;
    const skills = parseSkills(['Zig', 'ada', 'C']);
    await setProfile(store, free, { mentorPolicy: 'approval', mentorCapacity: 3, skills, bio: 'Mine.' });
    await setProfile(store, full, { mentorCapacity: 1 });
    await setProfile(store, closed, { mentorPolicy: 'closed', mentorCapacity: 0 });
    await link(store, silent, full);
    await link(store, closed, free);
    const list = (query: Partial<UserListQuery>) => listUsers(store, query);
    const entries = [
      { id: silent.id, username: 'silent', mentorUsername: 'full' },
      { id: free.id, username: 'free', mentorUsername: null },
      { id: full.id, username: 'full', mentorUsername: null },
      { id: closed.id, username: 'closed', mentorUsername: 'free' },
    ];
    expect(await list({})).toEqual(entries);
    expect(await list({ withMentoring: false })).toEqual(entries);
    expect((await list({ withMentoring: true })).map(({ mentoring }) => mentoring)).toEqual([
      { mentorPolicy: 'open', freePlaces: null, skills: [] },
      { mentorPolicy: 'approval', freePlaces: 2, skills: ['Zig', 'ada', 'C'] },
      { mentorPolicy: 'open', freePlaces: 0, skills: [] },
      { mentorPolicy: 'closed', freePlaces: 0, skills: [] },
    ]);
    expect(await list({ withMentoring: true, after: free.id, limit: 1 })).toEqual([
      { ...entries[2], mentoring: { mentorPolicy: 'open', freePlaces: 0, skills: [] } },
    ]);
  });

  test('finds the user of a name, ignoring case', async () => {
    const { store, users } = await openWith('Straße', 'bob');
    const find = (name: string) => store.userDirectory.find(usernameKey(name));
    const straße = { id: users[0].id, username: 'Straße' };
    for (const name of ['straße', 'STRASSE', ' Straße ']) expect(await find(name)).toEqual(straße);
    for (const name of ['', 'stra', 'strasse1', '%', 'bo_']) expect(await find(name)).toBeNull();
    await within(store, 'users', (repository) => repository.erase(users[1].id, users[1].passwordHash, 0));
    expect(await find('bob')).toBeNull();
    const [next] = await addUsers(store, 'BOB');
    expect(await find('bob')).toEqual({ id: next.id, username: 'BOB' });
  });
});
