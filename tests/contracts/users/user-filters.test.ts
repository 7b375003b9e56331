import type { UserFilter, UserListEntry } from '@mentorship/application';
import { mentorPolicies, parseSkills, skillKey, defaultProfile, type User, usernameKey } from '@mentorship/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import { addUsers, begin, now, type Profile } from '../../support/records.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';

/** A user as the test knows them: the places are how many more mentees they take, null without a limit. */
interface Person {
  readonly name: string;
  readonly policy: (typeof mentorPolicies)[number];
  readonly places: number | null;
  readonly skills: readonly string[];
  /** Whether they have chosen anything of that. */
  readonly silent: boolean;
  /** The person at this place of the population, if that is another one. */
  readonly mentor: number | null;
  readonly gone: boolean;
}

const size = 12;

const person: fc.Arbitrary<Omit<Person, 'name'>> = fc.record({
  policy: fc.constantFrom(...mentorPolicies),
  places: fc.option(fc.nat({ max: 2 }), { freq: 2 }),
  skills: fc.subarray(['Go', 'C', 'Straße']),
  silent: fc.boolean(),
  mentor: fc.option(fc.nat({ max: size - 1 }), { freq: 3 }),
  gone: fc.nat({ max: 7 }).map((one) => one === 0),
});

const beginnings = ['a', 'ab', 'AB', 'B', 'ß'];

/** Names that begin alike, and differ by where they stand. */
const population: fc.Arbitrary<Person[]> = fc
  .array(fc.record({ beginning: fc.constantFrom(...beginnings), of: person }), { minLength: size, maxLength: size })
  .map((people) => people.map(({ beginning, of }, at) => ({ ...of, name: `${beginning}${at}` })));

/** Everyone and everything of a population, and each as a list should show them. */
const settle = async (store: TestStore, people: readonly Person[]) => {
  const users: User[] = await addUsers(store, ...people.map(({ name }) => name));
  const present = people.map(({ gone }) => !gone);
  const mentorOf = people.map(({ mentor }, at) =>
    mentor !== null && mentor !== at && present[at] && present[mentor] ? mentor : null,
  );
  const profiles = people.map(({ policy, places, skills, silent }, at) => {
    const mentees = mentorOf.filter((mentor) => mentor === at).length;
    const mentorCapacity = places === null ? null : mentees + places;
    return silent ? null : { mentorPolicy: policy, mentorCapacity, skills: parseSkills(skills) };
  });
  await store.storage.atomically(async (repositories) => {
    await repositories.mentorships.lockGraph(stoppedAt(now));
    for (const [at, { id, passwordHash }] of users.entries()) {
      const profile: Profile | null = profiles[at]!;
      if (profile) await repositories.users.change(id, profile);
      const mentor = mentorOf[at]!;
      if (mentor !== null) await begin(repositories.mentorships, { id }, users[mentor]!);
      if (!present[at]) await repositories.users.erase(id, passwordHash, now);
    }
  });
  return users.flatMap(({ id, username }, at) => {
    if (!present[at]) return [];
    const { mentorPolicy, mentorCapacity, skills } = { ...defaultProfile, ...profiles[at] };
    const mentor = mentorOf[at]!;
    const mentees = mentorOf.filter((mentor) => mentor === at).length;
    const freePlaces = mentorCapacity === null ? null : mentorCapacity - mentees;
    const mentorUsername = mentor === null ? null : users[mentor]!.username;
    return [{ id, username, mentorUsername, mentoring: { mentorPolicy, freePlaces, skills } }];
  });
};

/** The filters in the plainest way. */
const passes = (
  { username, mentorUsername, mentoring }: Required<UserListEntry>,
  { mentor, prefix, skill, accepting, hasMentor }: UserFilter,
): boolean =>
  [
    mentor === null || (mentorUsername !== null && usernameKey(mentorUsername) === mentor),
    prefix === null || usernameKey(username).startsWith(prefix!),
    skill === null || mentoring.skills.some((one) => skillKey(one) === skill),
    !accepting || (mentoring.mentorPolicy !== 'closed' && (mentoring.freePlaces === null || mentoring.freePlaces > 0)),
    hasMentor === null || (mentorUsername !== null) === hasMentor,
  ].every(Boolean);

const every = (filters: readonly UserFilter[], others: readonly UserFilter[]): UserFilter[] =>
  filters.flatMap((filter) => others.map((other) => ({ ...filter, ...other })));

describeOnEachStore('filters of users', (open) => {
  test('narrow the list together just as each alone, whatever the users are like', async () => {
    const property = fc.asyncProperty(population, async (people) => {
      const store = await open();
      const entries = await settle(store, people);
      const mentors = [people[0]!.name, people[1]!.name.toUpperCase(), 'nobody'].map(usernameKey);
      const choices: UserFilter[][] = [
        [null, ...mentors].map((mentor) => ({ mentor })),
        [null, usernameKey('a'), usernameKey('Ab'), usernameKey('S')].map((prefix) => ({ prefix })),
        [null, skillKey('GO'), skillKey('strasse')].map((skill) => ({ skill })),
        [true, false].map((accepting) => ({ accepting })),
        [true, false, null].map((hasMentor) => ({ hasMentor })),
      ];
      const filters = choices.reduce(every, [{}]);
      expect(filters).toHaveLength(4 * 4 * 3 * 2 * 3);
      const { userDirectory } = store;
      for (const [at, filter] of filters.entries()) {
        const found = entries.filter((entry) => passes(entry, filter));
        const all = { ...filter, after: null, limit: size };
        expect(await userDirectory.list({ ...all, withMentoring: true })).toEqual(found);
        const [first, ...others] = found.map(({ id, username, mentorUsername }) => ({ id, username, mentorUsername }));
        if (!first) continue;
        // The first page, and one that goes on after it.
        expect(await userDirectory.list({ ...all, limit: 1 })).toEqual([first]);
        const limit = 1 + (at % 3);
        expect(await userDirectory.list({ ...all, after: first.id, limit })).toEqual(others.slice(0, limit));
      }
    });
    await fc.assert(property, { numRuns: 3, endOnFailure: true });
  });

  test('that are not there narrow nothing', async () => {
    const store = await open();
    await addUsers(store, 'a', 'b');
    const list = (filter: UserFilter) => store.userDirectory.list({ after: null, limit: 9, ...filter });
    const everyone = await list({});
    expect(everyone).toHaveLength(2);
    for (const filter of [
      { mentor: null },
      { prefix: null },
      { skill: null },
      { accepting: false },
      { hasMentor: null },
    ])
      expect(await list(filter)).toEqual(everyone);
  });
});
