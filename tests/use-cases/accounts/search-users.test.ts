import type { ProfileUpdate, UserSearch } from '@mentorship/application';
import { type MentorPolicy, mentorPolicies, type UserId } from '@mentorship/domain';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTestApplication, type TestApplication } from '../../support/test-application.ts';

type Search = UserSearch & { limit?: number; after?: number | null };

/** Every user with their mentor and their profile. */
const people: readonly (readonly [name: string, mentor: string | null, profile: ProfileUpdate])[] = [
  ['ann', null, {}],
  ['Anna', 'ann', { mentorPolicy: 'open', mentorCapacity: 2, skills: ['Go', 'Public speaking'] }],
  ['annabel', 'anna', { mentorPolicy: 'approval', mentorCapacity: 0, skills: ['C++', 'go'] }],
  ['Bob', 'anna', { mentorPolicy: 'closed', skills: ['Rust'] }],
  ['bobby', 'ann', { mentorPolicy: 'approval', mentorCapacity: 1, skills: ['C', 'Straßenbau'] }],
  ['ÉMILE', 'bobby', { mentorPolicy: 'open', mentorCapacity: 1 }],
  ['émilie_1', null, { bio: 'I learn.', skills: ['go'] }],
];

let app: TestApplication;
beforeEach(async () => {
  app = createTestApplication();
  const members = [];
  for (const [name, mentorUsername] of people) members.push(await app.join(name, { mentorUsername }));
  // Set after all have joined: some policies would refuse the mentees.
  for (const [index, member] of members.entries()) await app.update(member, people[index]![2]);
});
const found = async (search: Search): Promise<string[]> =>
  (await app.listUsers(search)).users.map(({ username }) => username);

describe('filters by a prefix of the name, in any case:', () => {
  test.each([
    ['ann', ['ann', 'Anna', 'annabel']],
    [' ANNA', ['Anna', 'annabel']],
    ['ａｎｎａｂ', ['annabel']],
    ['bOB', ['Bob', 'bobby']],
    ['e\u0301mili', ['émilie_1'.normalize('NFKC')]],
    ['éMIL', ['ÉMILE', 'émilie_1']],
    ['émilie_', ['émilie_1']],
    ['_', []],
    ['%', []],
    ['*', []],
    ['nn', []],
    ['annabella', []],
    ['no such name', []],
  ])('%j', async (prefix, names) => {
    expect(await found({ prefix })).toEqual(names.map((name) => name.normalize('NFKC')));
  });

  test.each(['', ' \t'])('ignores a blank filter: %j', async (prefix) => {
    expect(await found({ prefix })).toHaveLength(people.length);
  });
});

describe('filters by a skill, in any case and spacing:', () => {
  test.each([
    ['go', ['Anna', 'annabel', 'émilie_1']],
    [' GO ', ['Anna', 'annabel', 'émilie_1']],
    ['public   SPEAKING', ['Anna']],
    ['STRASSENBAU', ['bobby']],
    ['c', ['bobby']],
    ['c++', ['annabel']],
    ['C#', []],
    ['g', []],
    ['\0', []],
  ])('%j', async (skill, names) => {
    expect(await found({ skill })).toEqual(names);
  });

  test.each(['', ' \t'])('ignores a blank filter: %j', async (skill) => {
    expect(await found({ skill })).toHaveLength(people.length);
  });
});

test('filters mentors who accept requests and have a free place', async () => {
  expect(await found({ accepting: true })).toEqual(['ann', 'ÉMILE', 'émilie_1']);
  expect(await found({ accepting: false })).toHaveLength(people.length);
});

test('filters users with a mentor, and users without one', async () => {
  expect(await found({ hasMentor: true })).toEqual(['Anna', 'annabel', 'Bob', 'bobby', 'ÉMILE']);
  expect(await found({ hasMentor: false })).toEqual(['ann', 'émilie_1']);
});

test('shows policy, free places and skills only when requested', async () => {
  expect((await app.listUsers({ prefix: 'anna' })).users).toStrictEqual([
    { id: 2, username: 'Anna', mentorUsername: 'ann' },
    { id: 3, username: 'annabel', mentorUsername: 'Anna' },
  ]);
  const { users } = await app.listUsers({ withMentoring: true });
  expect(users.map(({ mentoring }) => mentoring)).toStrictEqual([
    { mentorPolicy: 'open', freePlaces: null, skills: [] },
    { mentorPolicy: 'open', freePlaces: 0, skills: ['Go', 'Public speaking'] },
    { mentorPolicy: 'approval', freePlaces: 0, skills: ['C++', 'go'] },
    { mentorPolicy: 'closed', freePlaces: null, skills: ['Rust'] },
    { mentorPolicy: 'approval', freePlaces: 0, skills: ['C', 'Straßenbau'] },
    { mentorPolicy: 'open', freePlaces: 1, skills: [] },
    { mentorPolicy: 'open', freePlaces: null, skills: ['go'] },
  ]);
});

test('combines all filters, in pages of any size', async () => {
  const one = <Value>(...values: Value[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const searches = fc.record({
    mentor: one('ann', 'ANNA', 'bobby', 'unknown'),
    prefix: one('a', 'anna', 'b', 'É'),
    skill: one('go', 'Rust', 'C++'),
    accepting: fc.boolean(),
    hasMentor: fc.constantFrom(null, true, false),
  });
  const menteesOf = (name: string) => people.filter(([, mentor]) => mentor === name.toLowerCase()).length;
  const matches = (
    [name, mentor, profile]: (typeof people)[number],
    search: Partial<Record<'mentor' | 'prefix' | 'skill', string | undefined>> &
      Pick<Search, 'accepting' | 'hasMentor'>,
  ): boolean => {
    const { mentorPolicy = 'open', mentorCapacity = null, skills = [] } = profile;
    const free = mentorCapacity === null || mentorCapacity > menteesOf(name);
    const folded = (text = '') => text.toLowerCase();
    return [
      search.mentor === undefined || mentor === folded(search.mentor),
      folded(name).startsWith(folded(search.prefix)),
      search.skill === undefined || skills.map(folded).includes(folded(search.skill)),
      !search.accepting || (mentorPolicy !== 'closed' && free),
      search.hasMentor === null || search.hasMentor === (mentor !== null),
    ].every(Boolean);
  };

  await fc.assert(
    fc.asyncProperty(searches, fc.integer({ min: 1, max: 8 }), async (search, limit) => {
      const names: string[] = [];
      let after: UserId | null = null;
      do {
        const page = await app.listUsers({ ...(search as Search), limit, after });
        names.push(...page.users.map(({ username }) => username));
        after = page.next;
      } while (after !== null && names.length <= people.length);
      expect(names).toEqual(people.filter((person) => matches(person, search)).map(([name]) => name));
    }),
    { numRuns: 300 },
  );
});

test.each<[MentorPolicy, number | null, boolean]>(
  mentorPolicies.flatMap((mentorPolicy) =>
    ([null, 0, 1, 2] as const).map((mentorCapacity) => {
      const accepts = mentorPolicy !== 'closed' && (mentorCapacity === null || mentorCapacity === 2);
      return [mentorPolicy, mentorCapacity, accepts] as [MentorPolicy, number | null, boolean];
    }),
  ),
)(
  'a mentor with one mentee, the policy %s and the capacity %j accepts another: %j',
  async (mentorPolicy, mentorCapacity, accepts) => {
    const mentor = await app.join('zoe', mentorCapacity === 0 ? {} : undefined);
    if (mentorCapacity !== 0) await app.join('yan', { mentorUsername: 'zoe' });
    await app.update(mentor, { mentorPolicy, mentorCapacity });
    expect(await found({ prefix: 'zoe', accepting: true })).toEqual(accepts ? ['zoe'] : []);
  },
);
