import { checkStore } from '@mentorship/adapters/maintenance';
import type { UserRepository } from '@mentorship/application';
import {
  maxCapacity,
  type MentorProfile,
  parseSkills,
  type PasswordHash,
  skillKey,
  defaultProfile,
  type UserId,
  usernameKey,
} from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  addUsers,
  asChanges,
  awkwardTexts,
  detailOf,
  now,
  type Profile,
  setProfile,
  within,
  listUsers,
} from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn } from '../../support/store/stores.ts';

const full: MentorProfile = {
  mentorPolicy: 'approval',
  mentorCapacity: 3,
  bio: 'Ten years of it.',
  skills: parseSkills(['Zig', 'ada', 'C']),
};

describeOnEachStore('the profile of a mentor', (open) => {
  const openWithUser = async () => {
    const store = await open();
    const [user, other] = await addUsers(store, 'user', 'other');
    const find = () => within(store, 'users', (users) => users.findById(user.id));
    const skilled = async (text: string) => {
      const found = await listUsers(store, { skill: skillKey(text) });
      return found.map(({ username }) => username);
    };
    /** The profile, which must be the same in each way to read it. */
    const profile = async () => {
      const { profile } = await detailOf(store, user);
      expect(await find()).toEqual({ ...user, profile });
      expect(await within(store, 'users', (users) => users.find(usernameKey('user')))).toEqual({ ...user, profile });
      return profile;
    };
    return { store, user, other, find, profile, skilled };
  };

  test('is null until the user sets a part of it', async () => {
    const { store, user, profile } = await openWithUser();
    expect(await profile()).toBeNull();
    await within(store, 'users', (users) => users.change(user.id, {}));
    await within(store, 'users', (users) => users.change(user.id, asChanges({ email: null })));
    expect(await profile()).toBeNull();
  });

  test.each<[title: string, first: Profile]>([
    ['the policy', { mentorPolicy: 'closed' }],
    ['the default policy', { mentorPolicy: 'open' }],
    ['the capacity', { mentorCapacity: 0 }],
    ['the largest capacity', { mentorCapacity: maxCapacity }],
    ['no limit', { mentorCapacity: null }],
    ['the bio', { bio: 'Mine.' }],
    ['no bio', { bio: null }],
    ['the skills', { skills: parseSkills(['Go']) }],
    ['no skills', { skills: [] }],
    ['all of it', full],
  ])('begins with %s and defaults for the rest', async (_title, first) => {
    const { store, user, other, profile } = await openWithUser();
    expect(await setProfile(store, user, first)).toBe(true);
    expect(await profile()).toEqual({ ...defaultProfile, ...first });
    expect((await detailOf(store, other)).profile).toBeNull();
  });

  test.each<[title: string, next: Profile]>([
    ['the policy', { mentorPolicy: 'open' }],
    ['the capacity', { mentorCapacity: 7 }],
    ['the capacity to no limit', { mentorCapacity: null }],
    ['the bio', { bio: '' }],
    ['the bio to none', { bio: null }],
    ['the skills', { skills: parseSkills(['C', 'Go']) }],
    ['the skills to none', { skills: [] }],
    ['two of them', { mentorPolicy: 'closed', mentorCapacity: 0 }],
    ['nothing', {}],
  ])('changes %s and keeps the rest', async (_title, next) => {
    const { store, user, other, profile } = await openWithUser();
    for (const each of [user, other]) await setProfile(store, each, full);
    await setProfile(store, user, next);
    expect(await profile()).toEqual({ ...full, ...next });
    expect((await detailOf(store, other)).profile).toEqual(full);
  });

  test('changes together with the rest of the user', async () => {
    const { store, user } = await openWithUser();
    const contact = asChanges({ email: 'new@example.com', passwordHash: '$new' });
    await within(store, 'users', (users) => users.change(user.id, { ...contact, ...full }));
    await within(store, 'users', (users) => users.change(user.id, asChanges({ phone: '123' })));
    expect(await detailOf(store, user)).toMatchObject({ ...contact, phone: '123', profile: full });
  });

  test('keeps any text unchanged', async () => {
    const { store, user, profile } = await openWithUser();
    const skills = awkwardTexts.filter((text) => text.length < 1000) as unknown as MentorProfile['skills'];
    await setProfile(store, user, { skills });
    for (const bio of awkwardTexts) {
      await setProfile(store, user, { bio });
      expect(await profile()).toMatchObject({ bio, skills });
    }
  });

  test('is found by its skills, and no longer by replaced ones', async () => {
    const { store, user, other, skilled } = await openWithUser();
    await setProfile(store, user, { skills: parseSkills(['Go', 'C', 'Ada']) });
    await setProfile(store, other, { skills: parseSkills(['go']) });
    await setProfile(store, user, { skills: parseSkills(['GO', 'Zig']) });
    expect(await skilled('go')).toEqual(['user', 'other']);
    expect(await skilled('zig')).toEqual(['user']);
    for (const text of ['c', 'ada']) expect(await skilled(text)).toEqual([]);
    await setProfile(store, user, { bio: 'Something else.' });
    expect(await skilled('zig')).toEqual(['user']);
    await setProfile(store, user, { skills: [] });
    expect(await skilled('go')).toEqual(['other']);
  });

  test('is unchanged when its change rolls back, and so is the search by skill', async () => {
    const { store, user, other, profile, skilled } = await openWithUser();
    await setProfile(store, user, full);
    const failed = within(store, 'users', async (users) => {
      const next = { mentorPolicy: 'closed', mentorCapacity: 0, bio: null, skills: parseSkills(['Go', 'C']) } as const;
      for (const { id } of [user, other]) await users.change(id, next);
      expect(await users.findById(user.id)).toMatchObject({ profile: next });
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await profile()).toEqual(full);
    expect((await detailOf(store, other)).profile).toBeNull();
    expect([await skilled('go'), await skilled('c'), await skilled('zig')]).toEqual([[], ['user'], ['user']]);
  });

  test('does not change with an outdated verified hash, or for an unknown user', async () => {
    const { store, user, profile, skilled } = await openWithUser();
    await setProfile(store, user, full);
    const change = (id: UserId, verified: string) =>
      within(store, 'users', (users) =>
        users.change(id, { bio: null, skills: parseSkills(['Go']) }, verified as PasswordHash),
      );
    expect(await change(user.id, '$another')).toBe(false);
    expect(await change(4711 as UserId, user.passwordHash)).toBe(false);
    expect(await profile()).toEqual(full);
    expect(await skilled('go')).toEqual([]);
    expect(await change(user.id, user.passwordHash)).toBe(true);
    expect(await skilled('go')).toEqual(['user']);
  });

  test('ends with the account, and does not pass to the next user of the name', async () => {
    const { store, user, find, skilled } = await openWithUser();
    await setProfile(store, user, full);
    await within(store, 'users', (users) => users.erase(user.id, user.passwordHash, now));
    expect(await find()).toBeNull();
    expect(await setProfile(store, user, full)).toBe(false);
    const [next] = await addUsers(store, 'user');
    expect((await detailOf(store, next)).profile).toBeNull();
    expect(await within(store, 'users', (users) => users.findById(next.id))).toEqual(next);
    expect(await skilled('zig')).toEqual([]);
    await setProfile(store, next, { bio: 'Another.' });
    expect((await detailOf(store, next)).profile).toEqual({ ...defaultProfile, bio: 'Another.' });
  });

  test('is found by id, even in the transaction that began it, and not by unknown ids', async () => {
    const { store, user, find } = await openWithUser();
    const findById = (users: UserRepository, id: number) => users.findById(id as UserId);
    await within(store, 'users', async (users) => {
      expect(await findById(users, user.id)).toEqual(user);
      await users.change(user.id, full);
      expect(await findById(users, user.id)).toEqual({ ...user, profile: full });
      for (const id of [0, -1, 4711]) expect(await findById(users, id)).toBeNull();
    });
    expect(await find()).toEqual({ ...user, profile: full });
  });

  test('cannot be changed through objects that the store returned or received', async () => {
    const { store, user, find, profile } = await openWithUser();
    const given = structuredClone(full);
    await setProfile(store, user, given);
    const listed = (await listUsers(store, { withMentoring: true })).at(0);
    const found = await within(store, 'users', (users) => users.find(usernameKey('user')));
    for (const { skills } of [given, listed!.mentoring!, found!.profile!, (await find())!.profile!, (await profile())!])
      Reflect.set(skills, 0, 'spoiled');
    expect(await profile()).toEqual(full);
  });

  test('loses none of 24 concurrent changes, and is found by exactly its skills', async () => {
    const { store, user, profile, skilled } = await openWithUser();
    const second = await store.another();
    const skills = Array.from({ length: 8 }, (_, at) => parseSkills([`skill ${at}`, 'shared']));
    const changes = skills.flatMap((skills, at): Profile[] => [
      { skills },
      { mentorCapacity: at },
      at % 2 ? { bio: 'Mine.' } : { mentorPolicy: 'approval' },
    ]);
    await Promise.all(changes.map((change, at) => setProfile(at % 2 ? store : second, user, change)));
    const { mentorPolicy, mentorCapacity, bio, skills: last } = (await profile())!;
    expect({ mentorPolicy, bio }).toEqual({ mentorPolicy: 'approval', bio: 'Mine.' });
    expect(mentorCapacity).not.toBeNull();
    expect(skills).toContainEqual(last);
    for (const text of skills.flat()) expect(await skilled(text)).toEqual(last.includes(text) ? ['user'] : []);
  });
});

describeOnEachDatabase('the profile of an ended account', (create) => {
  test('is deleted', async () => {
    const database = await create();
    const store = await openOn(database);
    const [user, other] = await addUsers(store, 'user', 'other');
    for (const each of [user, other]) await setProfile(store, each, { ...full, skills: parseSkills(['Go']) });
    await within(store, 'users', (users) => users.erase(user.id, user.passwordHash, now));
    expect(await database.query('select * from user_skills')).toEqual([{ skill_key: 'go', user_id: other.id }]);
    const columns = 'mentor_policy, mentor_capacity, bio, skills';
    expect(await database.query(`select ${columns} from users where id = ${user.id}`)).toEqual([
      { mentor_policy: null, mentor_capacity: null, bio: null, skills: null },
    ]);
  });
});

describeOnEachDatabase('a damaged list of skills', (create) => {
  test.each(['[', '{"a":1}', '"Go"', '7', 'null', '', '[1, "Go"]'])('%j fails no one who reads it', async (skills) => {
    const database = await create();
    const store = await openOn(database);
    const [damaged, other] = await addUsers(store, 'damaged', 'other');
    for (const user of [damaged, other]) await setProfile(store, user, { skills: parseSkills(['Go']) });
    await database.query(`update users set skills = '${skills}' where id = ${damaged.id}`);
    const expected = skills.endsWith('"Go"]') ? ['Go'] : [];
    const listed = await listUsers(store, { withMentoring: true });
    expect(listed.map(({ mentoring }) => mentoring?.skills)).toEqual([expected, ['Go']]);
    expect((await store.userDirectory.detail(damaged.id, 1))?.profile?.skills).toEqual(expected);
    expect((await within(store, 'users', (users) => users.findById(damaged.id)))?.profile?.skills).toEqual(expected);
    const wrong = (await checkStore(database.url)).flatMap((finding) => finding.wrong);
    expect(wrong).toEqual([`user ${damaged.id} is found by other skills than their profile has`]);
  });
});
