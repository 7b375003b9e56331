import { defaultDepth, type GraphQuery, type GraphView, maxDepth } from '@mentorship/application';
import type { UserId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { hour } from '../../support/records.ts';
import { fieldsRefused } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
beforeEach(() => {
  app = createTestApplication();
});

/** Each edge as text. */
const edgesOf = ({ edges }: Pick<GraphView, 'edges'>): string[] =>
  edges.map(({ depth, mentorUsername, menteeUsername }) => `${depth}: ${mentorUsername} > ${menteeUsername}`);
const view = async (query: GraphQuery = {}): Promise<string[]> => edgesOf(await app.viewGraph(query));

/** The edges of each page, from the first page to the last. */
const pagesOf = async (query: GraphQuery): Promise<string[][]> => {
  const pages: string[][] = [];
  let after: readonly UserId[] | null = [];
  while (after !== null && pages.length < 200) {
    const page: GraphView = await app.viewGraph({ ...query, after });
    pages.push(edgesOf(page));
    after = page.next;
  }
  return pages;
};

describe('the graph', () => {
  let members: Record<string, Member>;
  /** Timestamps before the first mentorship and after the last. */
  let [before, began]: [number, number] = [0, 0];
  beforeEach(async () => {
    before = app.clock.now() - 1;
    const mentors = { ann: null, ben: 'ann', cat: 'ben', dan: 'ann', eve: 'ben', fay: 'cat', gus: null, hal: 'gus' };
    members = {};
    for (const [name, mentorUsername] of Object.entries(mentors))
      members[name] = await app.join(name, { mentorUsername });
    began = app.clock.now();
  });
  const below = {
    ann: ['1: ann > ben', '2: ben > cat', '3: cat > fay', '2: ben > eve', '1: ann > dan'],
    ben: ['1: ben > cat', '2: cat > fay', '1: ben > eve'],
    fay: [],
  };

  test('without a root has every edge, by ascending id of the mentee', async () => {
    expect(await app.viewGraph({})).toMatchObject({ root: null, depth: null, at: app.clock.now(), next: null });
    expect(await view()).toEqual([
      '1: ann > ben',
      '1: ben > cat',
      '1: ann > dan',
      '1: ben > eve',
      '1: cat > fay',
      '1: gus > hal',
    ]);
  });

  test('shows of each edge both users, the start, and whether the mentee has mentees', async () => {
    const { edges } = await app.viewGraph({ root: 'ben' });
    const [mentorship] = (await app.listMentorships({ actor: members['cat']!.actor, role: 'mentee' })).mentorships;
    expect(edges[0]).toStrictEqual({
      depth: 1,
      mentorUsername: 'ben',
      menteeId: members['cat']!.id,
      menteeUsername: 'cat',
      startedAt: mentorship!.startedAt,
      hasMentees: true,
    });
    expect(edges.map(({ hasMentees }) => hasMentees)).toEqual([true, false, false]);
  });

  test.each(Object.entries(below))('below %s is listed depth first', async (root, edges) => {
    expect(await view({ root })).toEqual(edges);
  });

  test.each(['ANN', ' ann ', 'Ａｎｎ'])('begins at the root %j, in any spelling', async (root) => {
    expect(await view({ root })).toEqual(below.ann);
  });

  test.each([
    [1, ['1: ann > ben', '1: ann > dan']],
    [2, ['1: ann > ben', '2: ben > cat', '2: ben > eve', '1: ann > dan']],
    [3, below.ann],
    [100, below.ann],
  ])('is limited to %i levels on every page', async (depth, edges) => {
    expect(await view({ root: 'ann', depth })).toEqual(edges);
    for (const limit of [1, 2, 3]) expect((await pagesOf({ root: 'ann', depth, limit })).flat()).toEqual(edges);
  });

  test.each(['unknown', 'no such name', ''])('refuses the unknown root %j', async (root) => {
    await expect(app.viewGraph({ root })).rejects.toMatchObject(fieldsRefused(['root', 'unknown_user']));
  });

  test('refuses a root whose account has ended', async () => {
    await app.endAccount({ actor: members['ben']!.actor, currentPassword: password });
    for (const root of ['ben', `former user ${members['ben']!.id}`])
      await expect(app.viewGraph({ root })).rejects.toMatchObject(fieldsRefused(['root', 'unknown_user']));
    expect(await view({ root: 'ann' })).toEqual(['1: ann > dan']);
  });

  test('leaves out requests', async () => {
    await app.requestMentorship({ actor: members['gus']!.actor, request: { mentor: 'fay' } });
    expect(await view({ root: 'fay' })).toEqual([]);
  });

  test('shows the state as of any timestamp', async () => {
    app.clock.advance(hour);
    await app.update(members['ben']!, { mentor: 'gus' });
    app.clock.advance(hour);
    await app.update(members['cat']!, { mentor: '' });
    const asOf = (at: number) => view({ root: 'ann', at });
    expect(await asOf(before)).toEqual([]);
    expect(await asOf(began)).toEqual(below.ann);
    expect(await asOf(began + hour - 1)).toEqual(below.ann);
    expect(await asOf(began + hour)).toEqual(['1: ann > dan']);
    const gus = ['1: gus > ben', '2: ben > cat', '3: cat > fay', '2: ben > eve', '1: gus > hal'];
    expect(await view({ root: 'gus', at: began + 2 * hour - 1 })).toEqual(gus);
    expect(await view({ root: 'gus' })).toEqual(['1: gus > ben', '2: ben > eve', '1: gus > hal']);
    expect(await view({ at: began + hour })).toHaveLength(6);
    expect(await view({ at: 0 })).toEqual([]);
  });

  test('shows a change by a process whose clock is ahead', async () => {
    app.clock.advance(hour);
    await app.update(members['cat']!, { mentor: 'gus' });
    app.clock.advance(-hour / 2);
    expect(await view({ root: 'gus' })).toContain('1: gus > cat');
  });

  test('is as of the last change by default', async () => {
    expect((await app.viewGraph({})).at).toBe(began);
    app.clock.advance(hour);
    expect((await app.viewGraph({})).at).toBe(began);
    await app.requestMentorship({ actor: members['gus']!.actor, request: { mentor: 'fay' } });
    expect((await app.viewGraph({})).at).toBe(began + hour);
  });

  test('is the same on all pages of one timestamp, also after changes in between', async () => {
    const { next, at } = await app.viewGraph({ root: 'ann', limit: 2 });
    app.clock.advance(-hour);
    await app.update(members['ben']!, { mentor: 'gus' });
    await app.update(members['eve']!, { mentor: 'ann' });
    expect(await view({ root: 'ann', at, after: next! })).toEqual(below.ann.slice(2));
  });

  test('shows a mentorship that ended and began again once', async () => {
    for (const mentor of ['gus', 'ann', 'gus', 'ann']) {
      app.clock.advance(1);
      await app.update(members['ben']!, { mentor });
    }
    expect(await view({ root: 'ann' })).toEqual(below.ann);
    expect(await view({ root: 'gus', at: app.clock.now() - 1 })).toContain('1: gus > ben');
    expect(await view({ root: 'ann', at: app.clock.now() - 1 })).toEqual(['1: ann > dan']);
  });
});

test(`returns ${defaultDepth} levels by default and ${maxDepth} at most`, async () => {
  for (let step = 0; step <= 101; step += 1)
    await app.registerUser({ username: `u${step}`, password, mentorUsername: step === 0 ? null : `u${step - 1}` });
  expect(await view({ root: 'u0' })).toHaveLength(10);
  expect(await view({ root: 'u0', depth: 100 })).toHaveLength(100);
  expect((await pagesOf({ root: 'u0', depth: 100, limit: 7 })).flat()).toHaveLength(100);
});
