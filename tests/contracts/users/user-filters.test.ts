import type { UserFilter, UserListEntry, UserListQuery, UserPage } from '@mentorship/application';
import { mentorPolicies, parseSkills, skillKey, defaultProfile, type User, usernameKey } from '@mentorship/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import { addUsers, begin, now, type Profile, listUsers } from '../../support/records.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';

/** The test's model of a user. `places` is the number of free places, null without a limit. */
interface Person {
  readonly name: string;
  readonly policy: (typeof mentorPolicies)[number];
  readonly places: number | null;
  readonly skills: readonly string[];
  /** Whether the user has no profile. */
  readonly withoutProfile: boolean;
  /** The index of the mentor in the population; ignored if it is the user's own. */
  readonly mentor: number | null;
  readonly erased: boolean;
}

const size = 12;

const person: fc.Arbitrary<Omit<Person, 'name'>> = fc.record({
  policy: fc.constantFrom(...mentorPolicies),
  places: fc.option(fc.nat({ max: 2 }), { freq: 2 }),
  skills: fc.subarray(['Go', 'C', 'Straße']),
  withoutProfile: fc.boolean(),
  mentor: fc.option(fc.nat({ max: size - 1 }), { freq: 3 }),
  erased: fc.nat({ max: 7 }).map((one) => one === 0),
});

const beginnings = ['a', 'ab', 'AB', 'B', 'ß'];

/** Names with few beginnings, made unique by their index. */
const population: fc.Arbitrary<Person[]> = fc
  .array(fc.record({ beginning: fc.constantFrom(...beginnings), of: person }), { minLength: size, maxLength: size })
  .map((people) => people.map(({ beginning, of }, at) => ({ ...of, name: `${beginning}${at}` })));

/** Stores a population, and returns the entries that a list should show. */
const addPopulation = async (store: TestStore, people: readonly Person[]) => {
  const users: User[] = await addUsers(store, ...people.map(({ name }) => name));
  const present = people.map(({ erased }) => !erased);
  const mentorOf = people.map(({ mentor }, at) =>
    mentor !== null && mentor !== at && present[at] && present[mentor] ? mentor : null,
  );
  const profiles = people.map(({ policy, places, skills, withoutProfile }, at) => {
    const mentees = mentorOf.filter((mentor) => mentor === at).length;
    const mentorCapacity = places === null ? null : mentees + places;
    return withoutProfile ? null : { mentorPolicy: policy, mentorCapacity, skills: parseSkills(skills) };
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

/** The filters, as simply as possible. */
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

/** The users on each page, read from the first page to the last. Each page moves on, so that a reader comes to the end. */
const readPages = async (store: TestStore, query: Omit<UserListQuery, 'after'>): Promise<UserListEntry[][]> => {
  const pages: UserListEntry[][] = [];
  let after: number | null = null;
  do {
    const page: UserPage = await store.userDirectory.list({ ...query, after });
    expect(page.users.length).toBeLessThanOrEqual(query.limit);
    expect(page.next === null || page.next > (after ?? 0)).toBe(true);
    pages.push([...page.users]);
    after = page.next;
  } while (after !== null);
  return pages;
};

describeOnEachStore('filters of users', (open) => {
  test('select together what each selects alone, for random users', async () => {
    const property = fc.asyncProperty(population, async (people) => {
      const store = await open();
      const entries = await addPopulation(store, people);
      const mentors = [people[0]!.name, people[1]!.name.toUpperCase(), 'unknown'].map(usernameKey);
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
        expect(await userDirectory.list({ ...all, withMentoring: true })).toEqual({ users: found, next: null });
        const [first, ...others] = found.map(({ id, username, mentorUsername }) => ({ id, username, mentorUsername }));
        if (!first) continue;
        // The first page and the page after it.
        expect(await listUsers(store, { ...filter, limit: 1 })).toEqual([first]);
        const limit = 1 + (at % 3);
        expect(await listUsers(store, { ...filter, after: first.id, limit })).toEqual(others.slice(0, limit));
        // All pages, when each examines only a few users.
        const pages = await readPages(store, { ...filter, limit, examine: 1 + (at % 5) });
        expect(pages.flat()).toEqual([first, ...others]);
      }
    });
    await fc.assert(property, { numRuns: 3, endOnFailure: true });
  });

  test('select all users when absent', async () => {
    const store = await open();
    await addUsers(store, 'a', 'b');
    const list = (filter: UserFilter) => listUsers(store, filter);
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
