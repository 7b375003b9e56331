import type { Store } from '@mentorship/adapters/store';
import type { MentorshipRepository } from '@mentorship/application';
import type { User } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import {
  addUsers,
  begin,
  day,
  detailOf,
  end,
  link,
  locked,
  minute,
  now,
  request,
  unlink,
  within,
} from '../../support/records.ts';
import { describeOnEachDatabase, describeOnEachStore, openOn, type TestStore } from '../../support/store/stores.ts';

const mentorIn = async (mentorships: MentorshipRepository, { id }: User) =>
  (await mentorships.activeOf(id))?.mentorId ?? null;
const mentorOf = (store: TestStore, user: User) => locked(store, (mentorships) => mentorIn(mentorships, user));
const above = (store: TestStore, { id }: User) => locked(store, (mentorships) => mentorships.mentorsAbove(id));

/** Adds users, each mentored by the next. */
const addChain = async (store: TestStore, length: number): Promise<User[]> => {
  const chain: User[] = await addUsers(store, ...Array.from({ length }, (_, at) => `link${at}`));
  await locked(store, async (mentorships) => {
    for (const [at, mentee] of chain.slice(0, -1).entries()) await begin(mentorships, mentee, chain[at + 1]!);
  });
  return chain;
};

describeOnEachStore('the mentorship repository', (open) => {
  test('returns the mentor from the start of a mentorship to its end, and then the next', async () => {
    const store = await open();
    const [mentee, mentor, next] = await addUsers(store, 'mentee', 'mentor', 'next');
    expect(await mentorOf(store, mentee)).toBeNull();
    await link(store, mentee, mentor);
    expect(await mentorOf(store, mentee)).toBe(mentor.id);
    expect(await mentorOf(store, mentor)).toBeNull();
    await unlink(store, mentee);
    expect(await mentorOf(store, mentee)).toBeNull();
    await link(store, mentee, next);
    expect(await mentorOf(store, mentee)).toBe(next.id);
    await unlink(store, mentee);
    await link(store, mentee, mentor);
    expect(await mentorOf(store, mentee)).toBe(mentor.id);
  });

  test('sees its own writes in the transaction that makes them', async () => {
    const store = await open();
    const [mentee, mentor, next] = await addUsers(store, 'mentee', 'mentor', 'next');
    await locked(store, async (mentorships) => {
      await begin(mentorships, mentee, mentor);
      await end(mentorships, mentee, 'replaced');
      await begin(mentorships, mentee, next);
      expect(await mentorIn(mentorships, mentee)).toBe(next.id);
      expect(await mentorships.mentorsAbove(mentee.id)).toEqual([next.id]);
    });
  });

  test('ends nothing for users without a mentor', async () => {
    const store = await open();
    const [alone, mentee, mentor] = await addUsers(store, 'alone', 'mentee', 'mentor');
    await link(store, mentee, mentor);
    await unlink(store, alone);
    await unlink(store, mentor);
    expect(await mentorOf(store, mentee)).toBe(mentor.id);
  });

  test('lists the mentors above, nearest first', async () => {
    const store = await open();
    const chain = await addChain(store, 51);
    const ids = chain.map(({ id }) => id);
    expect(await above(store, chain[0]!)).toEqual(ids.slice(1));
    expect(await above(store, chain[30]!)).toEqual(ids.slice(31));
    expect(await above(store, chain[50]!)).toEqual([]);
  });

  test('lists no mentor above an ended mentorship', async () => {
    const store = await open();
    const chain = await addChain(store, 10);
    await unlink(store, chain[4]!);
    expect(await above(store, chain[0]!)).toEqual(chain.slice(1, 5).map(({ id }) => id));
    expect(await above(store, chain[5]!)).toEqual(chain.slice(6).map(({ id }) => id));
  });

  test('refuses a second open mentorship of a mentee, and keeps the first', async () => {
    const store = await open();
    const [mentee, mentor, second] = await addUsers(store, 'mentee', 'mentor', 'second');
    await link(store, mentee, mentor);
    await expect(link(store, mentee, second)).rejects.toBeInstanceOf(Error);
    expect(await mentorOf(store, mentee)).toBe(mentor.id);
    expect((await detailOf(store, mentor)).mentees).toHaveLength(1);
    expect((await detailOf(store, second)).mentees).toEqual([]);
  });

  test('ends all mentorships of a user on both sides, and no others', async () => {
    const store = await open();
    const [boss, user, first, second, rival, other] = await addUsers(store, 'boss', 'user', 'a', 'b', 'rival', 'c');
    await link(store, user, boss);
    for (const mentee of [first, second]) await link(store, mentee, user);
    await link(store, other, rival);
    const endAll = () =>
      locked(store, async (mentorships) => {
        await mentorships.closeAll({ user: user.id, reason: 'account_ended', at: now });
        expect(await mentorships.mentorsAbove(user.id)).toEqual([]);
      });
    await endAll();
    for (const each of [user, first, second]) expect(await mentorOf(store, each)).toBeNull();
    expect((await detailOf(store, user)).mentees).toEqual([]);
    expect((await detailOf(store, boss)).mentees).toEqual([]);
    expect(await mentorOf(store, other)).toBe(rival.id);
    await link(store, first, rival);
    await endAll();
    expect(await mentorOf(store, first)).toBe(rival.id);
  });

  test('accepts one open request of a pair, and another once the first has closed', async () => {
    const store = await open();
    const [mentee, mentor] = await addUsers(store, 'mentee', 'mentor');
    const ask = () => locked(store, (mentorships) => mentorships.add(request(mentee, mentor)));
    const id = await ask();
    await expect(ask()).rejects.toBeInstanceOf(Error);
    await locked(store, (mentorships) =>
      mentorships.cancelRequests({ mentee: mentee.id, reason: 'matched', at: now + minute }),
    );
    expect(await within(store, 'mentorships', (mentorships) => mentorships.find(id))).toMatchObject({
      status: 'cancelled',
      reason: 'matched',
      endedAt: now + minute,
      version: 2,
    });
    expect(await ask()).toBeGreaterThan(id);
  });

  test('serializes transactions by the lock, each seeing the writes of the one before', async () => {
    const store = await open();
    const second = await store.another();
    const [mentee] = await addUsers(store, 'mentee');
    const mentors = await addUsers(store, ...Array.from({ length: 17 }, (_, at) => `mentor${at}`));
    await link(store, mentee, mentors[0]!);
    // Each racer replaces the mentor with the next: a lost update would skip one.
    const moveOn = (through: Store) =>
      within(through, 'mentorships', async (mentorships) => {
        await mentorships.lockGraph(stoppedAt(now));
        const present = await mentorIn(mentorships, mentee);
        const next = mentors[mentors.findIndex(({ id }) => id === present) + 1]!;
        await end(mentorships, mentee, 'replaced');
        await begin(mentorships, mentee, next);
      });
    await Promise.all(Array.from({ length: 16 }, (_, at) => moveOn(at % 2 === 0 ? store : second)));
    expect(await mentorOf(store, mentee)).toBe(mentors[16]!.id);
  });
});

describeOnEachDatabase('the history of mentorships', (create) => {
  test('has the start, the end and the reason of each mentorship', async () => {
    const database = await create();
    const store = await openOn(database);
    const [mentee, mentor, next] = await addUsers(store, 'mentee', 'mentor', 'next');
    const at = (days: number) => new Date(now + days * day).toISOString();
    await locked(store, async (mentorships) => {
      await begin(mentorships, mentee, mentor);
      await end(mentorships, mentee, 'replaced', now + day);
      await begin(mentorships, mentee, next, now + day);
      await end(mentorships, mentee, 'removed', now + 2 * day);
      await begin(mentorships, mentee, mentor, now + 3 * day);
    });
    const columns = 'mentor_id, started_at, ended_at, reason';
    expect(await database.query(`select ${columns} from mentorships order by id`)).toEqual([
      { mentor_id: mentor.id, started_at: at(0), ended_at: at(1), reason: 'replaced' },
      { mentor_id: next.id, started_at: at(1), ended_at: at(2), reason: 'removed' },
      { mentor_id: mentor.id, started_at: at(3), ended_at: null, reason: null },
    ]);
  });

  test('keeps the mentorships of an ended account, ended with it', async () => {
    const database = await create();
    const store = await openOn(database);
    const [boss, user, mentee, former] = await addUsers(store, 'boss', 'user', 'mentee', 'former');
    await link(store, former, user);
    await unlink(store, former);
    await link(store, user, boss);
    await link(store, mentee, user);
    await locked(store, (mentorships) =>
      mentorships.closeAll({ user: user.id, reason: 'account_ended', at: now + day }),
    );
    const columns = 'mentee_id, mentor_id, ended_at, reason';
    const ended = { ended_at: new Date(now + day).toISOString(), reason: 'account_ended' };
    expect(await database.query(`select ${columns} from mentorships order by id`)).toMatchObject([
      { mentee_id: former.id, reason: 'removed' },
      { mentee_id: user.id, mentor_id: boss.id, ...ended },
      { mentee_id: mentee.id, mentor_id: user.id, ...ended },
    ]);
  });
});
