import type { GraphQuery, GraphView } from '@mentorship/application';
import type { UserId } from '@mentorship/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

/** The mentor of each user, by id. */
type Forest = ReadonlyMap<number, number | null>;

/** Forests of up to twelve users, with ids in random order. */
const forests: fc.Arbitrary<Forest> = fc
  .integer({ min: 1, max: 12 })
  .chain((size) => {
    const ids = Array.from({ length: size }, (_, index) => index + 1);
    return fc.tuple(
      fc.shuffledSubarray(ids, { minLength: size }),
      fc.array(fc.option(fc.nat(), { freq: 5 }), { minLength: size, maxLength: size }),
    );
  })
  .map(([ids, picks]) => {
    const mentors = ids.map((id, index) => {
      const pick = picks[index] ?? null;
      return [id, pick === null || index === 0 ? null : ids[pick % index]!] as const;
    });
    return new Map(mentors);
  });

const nameOf = (id: number): string => `user${id}`;

/** The edges below the root, depth first, each mentor's mentees by ascending id. */
const walk = (forest: Forest, root: number, depth: number, level = 1): string[] => {
  if (level > depth) return [];
  const mentees = [...forest].flatMap(([mentee, mentor]) => (mentor === root ? [mentee] : []));
  return mentees
    .toSorted((a, b) => a - b)
    .flatMap((mentee) => [`${level}: ${nameOf(root)} > ${nameOf(mentee)}`, ...walk(forest, mentee, depth, level + 1)]);
};

const everyEdge = (forest: Forest): string[] =>
  [...forest]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([mentee, mentor]) => (mentor === null ? [] : [`1: ${nameOf(mentor)} > ${nameOf(mentee)}`]));

/** Creates the forest and ends it a millisecond later. Resolves to the timestamp as of which it exists. */
const createAndEnd = async (app: TestApplication, forest: Forest): Promise<number> => {
  const members: Member[] = [];
  for (let id = 1; id <= forest.size; id += 1) members.push(await app.join(nameOf(id)));
  const setMentors = async (mentorOf: (id: number) => string | null): Promise<void> => {
    for (const id of forest.keys()) await app.update(members[id - 1]!, { mentor: mentorOf(id) });
  };
  // Another graph existed before.
  await setMentors((id) => (id === 1 ? null : nameOf(id - 1)));
  await setMentors(() => null);
  app.clock.advance(1);
  await setMentors((id) => (forest.get(id) ? nameOf(forest.get(id)!) : null));
  const at = app.clock.now();
  app.clock.advance(1);
  await setMentors(() => null);
  return at;
};

/** The edges of each page, from the first page to the last. */
const pagesOf = async (app: TestApplication, query: GraphQuery) => {
  const pages: string[][] = [];
  let after: readonly UserId[] | null = [];
  while (after !== null && pages.length < 200) {
    const { edges, next }: GraphView = await app.viewGraph({ ...query, after });
    pages.push(edges.map((edge) => `${edge.depth}: ${edge.mentorUsername} > ${edge.menteeUsername}`));
    after = next;
  }
  return pages;
};

test('for any forest, root and depth, pages of any size are slices of the naive walk', async () => {
  await fc.assert(
    fc.asyncProperty(forests, fc.nat(), fc.integer({ min: 1, max: 6 }), async (forest, pick, depth) => {
      const app = createTestApplication();
      const at = await createAndEnd(app, forest);
      const root = (pick % forest.size) + 1;
      const below = walk(forest, root, depth);
      for (let limit = 1; limit <= forest.size; limit += 1) {
        expect(await pagesOf(app, { root: nameOf(root), depth, at, limit })).toEqual(cut(below, limit));
        expect(await pagesOf(app, { at, limit })).toEqual(cut(everyEdge(forest), limit));
      }
      expect(await pagesOf(app, {})).toEqual([[]]);
    }),
    { numRuns: 200 },
  );
});

test('a page reads the mentees of each mentor once', async () => {
  const mentors: UserId[] = [];
  const app = createTestApplication(({ mentorshipDirectory }) => ({
    mentorshipDirectory: {
      ...mentorshipDirectory,
      mentees: (query) => {
        mentors.push(query.mentor);
        return mentorshipDirectory.mentees(query);
      },
    },
  }));
  const root = await app.join('root');
  const child = await app.join('child', { mentorUsername: 'root' });
  for (const [index, mentorUsername] of ['root', 'root', 'child', 'child'].entries())
    await app.join(`user${index}`, { mentorUsername });
  expect((await app.viewGraph({ root: 'root' })).edges).toHaveLength(5);
  expect(mentors).toEqual([root.id, child.id]);
});

/** Full pages, without an empty one after them. */
const cut = (edges: readonly string[], limit: number): string[][] => {
  const pages = Math.max(1, Math.ceil(edges.length / limit));
  return Array.from({ length: pages }, (_, page) => edges.slice(page * limit, (page + 1) * limit));
};
