import type { Store } from '@mentorship/adapters/store';
import {
  type MentorshipId,
  type MentorshipStatus,
  mentorshipStatuses,
  pseudonym,
  sides,
  type User,
  type UserId,
} from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  addMentorship,
  addUsers,
  answer,
  day,
  hour,
  link,
  minute,
  now,
  request,
  unlink,
  within,
} from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

type ListQuery = Parameters<Store['mentorshipDirectory']['list']>[0];

/** The ids of a list, by default of all sides and statuses. */
const list = async ({ mentorshipDirectory }: Store, { id }: User, query: Partial<ListQuery> = {}) => {
  const all = { sides, statuses: mentorshipStatuses, now, before: null, limit: 1000 };
  return (await mentorshipDirectory.list({ user: id, ...all, ...query })).map((mentorship) => mentorship.id);
};

const between = async ({ mentorshipDirectory }: Store, [one, other]: readonly [User, User], before: number | null) =>
  (await mentorshipDirectory.between({ users: [one.id, other.id], before, limit: 3 })).map(({ id }) => id);

/** Reads all pages. Each must be full, except the last, and continue where the one before ended. */
const pagesOf = async (ids: (before: number | null) => Promise<MentorshipId[]>, limit: number) => {
  const found: MentorshipId[] = [];
  for (let page = await ids(null); page.length > 0; page = await ids(page.at(-1)!)) {
    expect(found.length % limit).toBe(0);
    expect(page[0]).toBeLessThan(found.at(-1) ?? Infinity);
    found.push(...page);
  }
  return found;
};

describeOnEachStore('the mentorship directory', (open) => {
  test('is empty without mentorships', async () => {
    const store = await open();
    const [user, other] = await addUsers(store, 'user', 'other');
    expect(await store.mentorshipDirectory.find(1 as MentorshipId)).toBeNull();
    expect(await list(store, user)).toEqual([]);
    expect(await list(store, { ...user, id: 4711 as UserId })).toEqual([]);
    expect(await between(store, [user, other], null)).toEqual([]);
  });

  test('shows all fields of a mentorship, the same in each query', async () => {
    const store = await open();
    const [mentee, mentor] = await addUsers(store, 'mentee', 'Mentor');
    const asked = request(mentee, mentor, { requestedBy: 'mentor', message: 'Shall we?', expiresAt: now + day });
    const id = await addMentorship(store, asked);
    const shown = { ...asked, id, menteeUsername: 'mentee', mentorUsername: 'Mentor' };
    const { mentorshipDirectory } = store;
    const lookUp = async () => [
      await mentorshipDirectory.find(id),
      ...(await mentorshipDirectory.between({ users: [mentor.id, mentee.id], before: null, limit: 9 })),
      ...(await mentorshipDirectory.list({
        user: mentee.id,
        sides: ['mentee'],
        statuses: mentorshipStatuses,
        now,
        before: null,
        limit: 9,
      })),
    ];
    expect(await lookUp()).toEqual([shown, shown, shown]);
    await answer(store, id, 'active', 'Gladly.', now + hour);
    await answer(store, id, 'ended', 'It was good.', now + day);
    const over = { status: 'ended', reason: 'It was good.', startedAt: now + hour, endedAt: now + day, version: 3 };
    expect(await lookUp()).toEqual(Array.from({ length: 3 }, () => ({ ...shown, ...over })));
  });

  test('shows ended accounts by their pseudonym', async () => {
    const store = await open();
    const [mentee, mentor] = await addUsers(store, 'mentee', 'mentor');
    const id = await link(store, mentee, mentor);
    for (const { id, passwordHash } of [mentee, mentor])
      await within(store, 'users', (users) => users.erase(id, passwordHash, now));
    const names = { menteeUsername: pseudonym(mentee.id), mentorUsername: pseudonym(mentor.id) };
    const { mentorshipDirectory } = store;
    expect(await mentorshipDirectory.find(id)).toMatchObject(names);
    expect(await mentorshipDirectory.between({ users: [mentee.id, mentor.id], before: null, limit: 9 })).toMatchObject([
      names,
    ]);
    expect(await list(store, mentee)).toEqual([id]);
  });

  /** A user with one mentorship of every status on both sides, and overdue requests, which count as expired. */
  const openWithEverything = async () => {
    const store = await open();
    const [user, other, third] = await addUsers(store, 'user', 'other', 'third');
    const rows: { id: MentorshipId; side: 'mentor' | 'mentee'; status: MentorshipStatus }[] = [];
    for (const side of sides) {
      const ask = (expiresAt: number, whom = other) => {
        const pair = side === 'mentee' ? ([user, whom] as const) : ([whom, user] as const);
        return addMentorship(store, request(...pair, { expiresAt }));
      };
      for (const status of ['declined', 'cancelled', 'expired', 'completed', 'ended', 'active'] as const) {
        const id = await ask(now + hour);
        if (status === 'completed' || status === 'ended') await answer(store, id, 'active');
        await answer(store, id, status);
        rows.push({ id, side, status });
      }
      rows.push({ id: await ask(now + 1), side, status: 'requested' });
      rows.push({ id: await ask(now, third), side, status: 'expired' });
    }
    // Mentorships between other users.
    await addMentorship(store, request(third, other));
    await link(store, third, other);
    const expected = (of: readonly string[], statuses: readonly string[]) =>
      rows
        .filter(({ side, status }) => of.includes(side) && statuses.includes(status))
        .map(({ id }) => id)
        .toSorted((a, b) => b - a);
    return { store, user, rows, expected };
  };

  test('lists by side and by the status at this time, newest first', async () => {
    const { store, user, expected } = await openWithEverything();
    for (const of of [sides, ['mentor'], ['mentee']] as const) {
      for (const status of mentorshipStatuses)
        expect(await list(store, user, { sides: of, statuses: [status] })).toEqual(expected(of, [status]));
      for (const statuses of [
        mentorshipStatuses,
        mentorshipStatuses.toReversed(),
        ['requested', 'expired'],
        ['expired', 'active', 'ended'],
      ] as const)
        expect(await list(store, user, { sides: of, statuses })).toEqual(expected(of, statuses));
    }
    expect(await list(store, user, { sides: sides.toReversed() })).toEqual(expected(sides, mentorshipStatuses));
  });

  test('lists nothing without sides or without statuses', async () => {
    const { store, user } = await openWithEverything();
    expect(await list(store, user, { sides: [] })).toEqual([]);
    expect(await list(store, user, { statuses: [] })).toEqual([]);
    expect(await list(store, user, { sides: [], statuses: [] })).toEqual([]);
  });

  test('counts a request as expired from the millisecond of `expiresAt` on', async () => {
    const { store, user, rows } = await openWithEverything();
    const waiting = rows.filter(({ status }) => status === 'requested').map(({ id }) => id);
    const has = async (status: MentorshipStatus, at: number) => {
      const found = await list(store, user, { statuses: [status], now: at });
      return waiting.map((id) => found.includes(id));
    };
    expect(await has('requested', now)).toEqual([true, true]);
    expect(await has('expired', now)).toEqual([false, false]);
    expect(await has('requested', now + 1)).toEqual([false, false]);
    expect(await has('expired', now + 1)).toEqual([true, true]);
    const everything = await list(store, user);
    expect(await list(store, user, { now: now + 99 * day })).toEqual(everything);
    // `find` returns the stored status: the caller derives the visible one.
    expect(await store.mentorshipDirectory.find(waiting[0]!)).toMatchObject({ status: 'requested', version: 1 });
  });

  test.each([1, 2, 3, 7, 16, 17])('pages of %i make up the complete list, filtered and unfiltered', async (limit) => {
    const { store, user, expected } = await openWithEverything();
    for (const query of [
      {},
      { sides: ['mentor'] },
      { statuses: ['expired'] },
      { sides: ['mentee'], statuses: ['requested', 'ended', 'expired'] },
    ] as const) {
      const ids = (before: number | null) => list(store, user, { ...query, before, limit });
      const { sides: of = sides, statuses = mentorshipStatuses } = query as Partial<ListQuery>;
      expect(await pagesOf(ids, limit)).toEqual(expected(of, statuses));
    }
  });

  test('continues before an id, even if the list does not have it', async () => {
    const { store, user, expected } = await openWithEverything();
    const all = expected(sides, mentorshipStatuses);
    for (const before of [all[0]! + 99, all[0]!, all[3]!, all.at(-1)!, 1]) {
      expect(await list(store, user, { before })).toEqual(all.filter((id) => id < before));
      const declined = expected(sides, ['declined']).filter((id) => id < before);
      expect(await list(store, user, { before, statuses: ['declined'] })).toEqual(declined);
    }
  });

  test('lists the mentorships between two users, in both directions, page by page', async () => {
    const store = await open();
    const [one, other, third] = await addUsers(store, 'one', 'other', 'third');
    const ids: MentorshipId[] = [];
    for (let round = 0; round < 4; round++)
      for (const [mentee, mentor] of [
        [one, other],
        [other, one],
      ] as const) {
        const pair = request(mentee, mentor, { createdAt: now + round * minute });
        const id = round % 2 ? await addMentorship(store, pair) : await link(store, mentee, mentor);
        if (round % 2) await answer(store, id, round > 2 ? 'declined' : 'expired');
        else await unlink(store, mentee);
        ids.push(id);
      }
    await addMentorship(store, request(one, third));
    await link(store, third, other);
    ids.reverse();
    for (const pair of [
      [one, other],
      [other, one],
    ] as const) {
      expect(await between(store, pair, null)).toEqual(ids.slice(0, 3));
      expect(await pagesOf((before) => between(store, pair, before), 3)).toEqual(ids);
    }
    expect(await between(store, [one, third], null)).toHaveLength(1);
    expect(await between(store, [other, third], ids[0]!)).toEqual([]);
  });
});
