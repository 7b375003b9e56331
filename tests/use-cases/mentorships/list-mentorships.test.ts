import { type MentorshipId, mentorshipStatuses, type UserId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Mentorships, mentorshipsIn, pagesOf } from '../../support/mentorships/mentorships.ts';
import { day } from '../../support/records.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
let dave: Member;
beforeEach(async () => {
  app = createTestApplication();
  dealings = mentorshipsIn(app);
  bob = await app.join('bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
  dave = await app.join('dave');
});

/** One of each status in which alice is the mentee, and one of most in which she is the mentor. */
const prepare = async (): Promise<void> => {
  await dealings.ask(alice, dave); // 1
  app.clock.advance(14 * day);
  await dealings.change(bob, await dealings.ask(alice, bob), 'declined'); // 2
  await dealings.change(alice, await dealings.ask(alice, bob), 'cancelled'); // 3
  await app.update(alice, { mentor: 'bob' }); // 4
  await dealings.change(alice, { id: 4 as MentorshipId }, 'completed');
  await app.update(alice, { mentor: 'bob' }); // 5
  await app.update(alice, { mentor: 'carol' }); // 6
  await dealings.ask(alice, bob); // 7
  await dealings.offer(dave, alice); // 8
  await dealings.offer(alice, bob); // 9
  await app.update(dave, { mentor: 'alice' }); // 10: now the offer 8 could not be accepted
  await dealings.ask(dave, carol); // 11, none of alice's
};
const asMentee = {
  requested: [8, 7],
  active: [6],
  declined: [2],
  cancelled: [3],
  expired: [1],
  completed: [4],
  ended: [5],
};
const asMentor = { requested: [9], active: [10], declined: [], cancelled: [], expired: [], completed: [], ended: [] };

const idsOf = async (query: Parameters<Mentorships['list']>[1]): Promise<number[]> =>
  (await dealings.list(alice, query)).map(({ id }) => id);
const newestFirst = (...ids: number[]) => ids.toSorted((a, b) => b - a);

describe('one’s own', () => {
  beforeEach(prepare);

  test('are all listed, the newest first, unless fewer are asked for', async () => {
    expect(await idsOf({})).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await idsOf({ role: 'mentee' })).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await idsOf({ role: 'mentor' })).toEqual([10, 9]);
  });

  const subsets = Array.from({ length: 2 ** 7 }, (_, bits) => mentorshipStatuses.filter((_, at) => (bits >> at) & 1));
  test('are listed by every set of statuses, on either side and on both', async () => {
    expect(subsets).toHaveLength(128);
    for (const statuses of subsets) {
      const [mentee, mentor] = [asMentee, asMentor].map((ids) => statuses.flatMap((status) => ids[status]));
      expect(await idsOf({ role: 'mentee', statuses })).toEqual(newestFirst(...mentee!));
      expect(await idsOf({ role: 'mentor', statuses })).toEqual(newestFirst(...mentor!));
      expect(await idsOf({ statuses })).toEqual(newestFirst(...mentee!, ...mentor!));
    }
  });

  test('have expired from the millisecond on in which their time is over', async () => {
    const [last] = await dealings.list(alice, { statuses: ['requested'] });
    app.clock.advance(last!.expiresAt! - app.clock.now() - 1);
    expect(await idsOf({ statuses: ['requested'] })).toEqual([9]);
    expect(await idsOf({ statuses: ['expired'] })).toEqual([8, 7, 1]);
    app.clock.advance(1);
    expect(await idsOf({ statuses: ['requested'] })).toEqual([]);
    expect(await idsOf({ statuses: ['expired'] })).toEqual([9, 8, 7, 1]);
    for (const one of await dealings.list(alice, { statuses: ['expired'] }))
      expect(one).toMatchObject({ status: 'expired', endedAt: one.expiresAt, version: 2 });
  });

  test.each([1, 2, 3, 9, 10, 11, 1000, 5000])('come in pages of %i, each once', async (limit) => {
    const pages = await pagesOf((before) => app.listMentorships({ actor: alice.actor, limit, before }));
    expect(pages.flat()).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(pages.map((page) => page.length)).toEqual([
      ...Array<number>(Math.ceil(10 / limit) - 1).fill(limit),
      10 % limit || limit,
    ]);
  });

  test('come in pages of what is asked for', async () => {
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
  ])('go on before %i, whether or not it is there', async (before, ids) => {
    expect((await idsOf({ before })).slice(0, 2)).toEqual(ids);
  });

  test('are the same to whoever takes part, one by one', async () => {
    for (const one of await dealings.list(alice)) {
      expect(await dealings.view(alice, one)).toStrictEqual(one);
      const other = [bob, carol, dave].find(({ id }) => id === one.mentorId || id === one.menteeId)!;
      expect(await dealings.view(other, one)).toStrictEqual(one);
    }
  });

  test.each([11, 12, 2 ** 31 - 1])('are all that one sees: not %i', async (id) => {
    await expect(dealings.view(alice, { id: id as MentorshipId })).rejects.toMatchObject(
      refusal('mentorship_not_found', {}),
    );
  });
});

describe('the history between two', () => {
  beforeEach(prepare);
  const history = async (user: Pick<Member, 'id'>, member = alice) =>
    (await dealings.between(member, user)).map(({ id }) => id);

  test('has what was between them, whoever mentored whom, and nothing else', async () => {
    expect(await history(bob)).toEqual([9, 7, 5, 4, 3, 2]);
    expect(await history(carol)).toEqual([6]);
    expect(await history(dave)).toEqual([10, 8, 1]);
    for (const other of [bob, carol, dave]) expect(await history(alice, other)).toEqual(await history(other));
  });

  test('with oneself is all of one’s own', async () => {
    expect(await history(alice)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await history(dave, dave)).toEqual([11, 10, 8, 1]);
  });

  test('is as it is seen now', async () => {
    app.clock.advance(14 * day);
    const list = await dealings.list(alice);
    expect(await dealings.between(alice, bob)).toStrictEqual(list.filter(({ id }) => [9, 7, 5, 4, 3, 2].includes(id)));
    expect((await dealings.between(alice, bob))[0]).toMatchObject({ id: 9, status: 'expired' });
  });

  test.each([1, 2, 5, 6, 7])('comes in pages of %i', async (limit) => {
    const read = (userId: UserId) => (before: number | null) =>
      app.viewHistory({ actor: alice.actor, userId, limit, before });
    expect((await pagesOf(read(bob.id))).flat()).toEqual([9, 7, 5, 4, 3, 2]);
    expect((await pagesOf(read(alice.id))).flat()).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test('is none with a stranger, and with nobody, on whatever page', async () => {
    const eve = await app.join('eve');
    const page = (member: Member, userId: UserId, before: number | null) =>
      app.viewHistory({ actor: member.actor, userId, before });
    for (const before of [null, 1, 100]) {
      for (const [member, other] of [[bob, carol] as const, [eve, alice] as const, [alice, eve] as const])
        await expect(page(member, other.id, before)).rejects.toMatchObject(refusal('not_a_counterpart', {}));
      for (const id of [99, 2 ** 31 - 1] as UserId[])
        await expect(page(alice, id, before)).rejects.toMatchObject(refusal('user_not_found', {}));
    }
    expect(await dealings.between(eve, eve)).toEqual([]);
  });

  test('is empty before the first that there was', async () => {
    expect(await app.viewHistory({ actor: alice.actor, userId: bob.id, before: 2 })).toEqual({
      mentorships: [],
      next: null,
    });
  });

  test('with one whose account has ended stays for the counterpart alone', async () => {
    await app.endAccount({ actor: carol.actor, currentPassword: password });
    expect(await history(carol)).toEqual([6]);
    await expect(dealings.between(bob, carol)).rejects.toMatchObject(refusal('user_not_found', {}));
  });
});
