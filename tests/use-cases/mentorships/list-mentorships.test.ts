import { mentorshipStatuses } from '@mentorship/domain';
import { beforeEach, expect, test } from 'vitest';
import { asMentee, asMentor, type EveryStatus, openEveryStatus } from '../../support/mentorships/every-status.ts';
import { type MentorshipQuery, pagesOf } from '../../support/mentorships/mentorships.ts';

let { app, mentorships, alice }: EveryStatus = {} as EveryStatus;
beforeEach(async () => {
  ({ app, mentorships, alice } = await openEveryStatus());
});

const idsOf = async (query: MentorshipQuery): Promise<number[]> =>
  (await mentorships.list(alice, query)).map(({ id }) => id);
const newestFirst = (...ids: number[]) => ids.toSorted((a, b) => b - a);

test('lists all mentorships of the actor by default, the newest first', async () => {
  expect(await idsOf({})).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(await idsOf({ role: 'mentee' })).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  expect(await idsOf({ role: 'mentor' })).toEqual([10, 9]);
});

const subsets = Array.from({ length: 2 ** 7 }, (_, bits) => mentorshipStatuses.filter((_, at) => (bits >> at) & 1));
test('filters by every set of statuses, on either side and on both', async () => {
  expect(subsets).toHaveLength(128);
  for (const statuses of subsets) {
    const [mentee, mentor] = [asMentee, asMentor].map((ids) => statuses.flatMap((status) => ids[status]));
    expect(await idsOf({ role: 'mentee', statuses })).toEqual(newestFirst(...mentee!));
    expect(await idsOf({ role: 'mentor', statuses })).toEqual(newestFirst(...mentor!));
    expect(await idsOf({ statuses })).toEqual(newestFirst(...mentee!, ...mentor!));
  }
});

test('shows a request as expired from the millisecond on in which it expires', async () => {
  const [last] = await mentorships.list(alice, { statuses: ['requested'] });
  app.clock.advance(last!.expiresAt! - app.clock.now() - 1);
  expect(await idsOf({ statuses: ['requested'] })).toEqual([9]);
  expect(await idsOf({ statuses: ['expired'] })).toEqual([8, 7, 1]);
  app.clock.advance(1);
  expect(await idsOf({ statuses: ['requested'] })).toEqual([]);
  expect(await idsOf({ statuses: ['expired'] })).toEqual([9, 8, 7, 1]);
  for (const mentorship of await mentorships.list(alice, { statuses: ['expired'] }))
    expect(mentorship).toMatchObject({ status: 'expired', endedAt: mentorship.expiresAt, version: 2 });
});

test.each([1, 2, 3, 9, 10, 11, 1000, 5000])('returns each mentorship once in pages of %i', async (limit) => {
  const pages = await pagesOf((before) => app.listMentorships({ actor: alice.actor, limit, before }));
  expect(pages.flat()).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(pages.map((page) => page.length)).toEqual([
    ...Array<number>(Math.ceil(10 / limit) - 1).fill(limit),
    10 % limit || limit,
  ]);
});

test('applies the filters to every page', async () => {
  const query = { role: 'mentee', statuses: ['requested', 'expired', 'ended'] } as const;
  const pages = await pagesOf((before) => app.listMentorships({ actor: alice.actor, ...query, limit: 2, before }));
  expect(pages).toEqual([
    [8, 7],
    [5, 1],
  ]);
});

test.each([
  [11, [10, 9]],
  [5, [4, 3]],
  [2, [1]],
  [1, []],
])('continues before id %i, whether or not it is in the list', async (before, ids) => {
  expect((await idsOf({ before })).slice(0, 2)).toEqual(ids);
});
