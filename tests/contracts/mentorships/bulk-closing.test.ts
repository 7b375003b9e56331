import type { Store } from '@mentorship/adapters/store';
import type { MentorshipRepository } from '@mentorship/application';
import { closingReasons, type Mentorship, type MentorshipId, type User } from '@mentorship/domain';
import { expect, test } from 'vitest';
import { stoppedAt } from '../../support/manual-clock.ts';
import {
  addMentorship,
  addUsers,
  answer,
  day,
  link,
  locked,
  mentorshipsOf,
  minute,
  now,
  request,
  within,
} from '../../support/records.ts';
import { describeOnEachStore } from '../../support/store/stores.ts';

/** Returns all mentorships of the users, by id. */
const mentorshipsById = async (store: Store, ...users: readonly User[]): Promise<Map<MentorshipId, Mentorship>> => {
  const lists = await Promise.all(users.map((user) => mentorshipsOf(store, user)));
  return new Map(lists.flat().map((mentorship) => [mentorship.id, mentorship]));
};

/** Returns the changed fields of each mentorship that the work changed. */
const changesBy = async (
  store: Store,
  users: readonly User[],
  work: (mentorships: MentorshipRepository) => Promise<void>,
): Promise<Record<MentorshipId, Partial<Mentorship>>> => {
  const before = await mentorshipsById(store, ...users);
  await locked(store, work);
  const after = await mentorshipsById(store, ...users);
  expect([...after.keys()]).toEqual([...before.keys()]);
  const changed = [...after].filter(
    ([id, mentorship]) => JSON.stringify(mentorship) !== JSON.stringify(before.get(id)),
  );
  return Object.fromEntries(
    changed.map(([id, mentorship]) => {
      const fields = Object.entries(mentorship).filter(([name, value]) => before.get(id)?.[name as 'id'] !== value);
      return [id, Object.fromEntries(fields)];
    }),
  );
};

const at = now + day;
const overdue = { expiresAt: at - minute };
const beforeDeadline = { expiresAt: at + minute };

const expired = (expiresAt: number, version = 2) => ({ status: 'expired', endedAt: expiresAt, version });
const cancelled = (reason: string, version = 2) => ({ status: 'cancelled', endedAt: at, reason, version });
const ended = (reason: string, version = 2) => ({ status: 'ended', endedAt: at, reason, version });

describeOnEachStore('mentorships that close together', (open) => {
  const openWith = async <const Names extends readonly string[]>(...names: Names) => {
    const store = await open();
    const users = await addUsers(store, ...names);
    const add = (...asked: Parameters<typeof request>) => addMentorship(store, request(...asked));
    return { store, users, add };
  };

  test('expire from the millisecond of `expiresAt` on, at that time, without a reason', async () => {
    const { store, users, add } = await openWith('mentee', 'a', 'b', 'c', 'd', 'e');
    const [mentee, a, b, c, d, e] = users;
    const long = await add(mentee, a, { expiresAt: now - 9 * day });
    const before = await add(mentee, b, { expiresAt: at - 1 });
    const just = await add(mentee, c, { expiresAt: at, message: 'Would you?' });
    const after = await add(mentee, d, { expiresAt: at + 1 });
    const offer = await add(mentee, e, { requestedBy: 'mentor', expiresAt: at });
    const expire = (time: number) => (mentorships: MentorshipRepository) =>
      mentorships.expireRequests({ mentee: mentee.id, at: time });
    expect(await changesBy(store, users, expire(at))).toEqual({
      [long]: expired(now - 9 * day),
      [before]: expired(at - 1),
      [just]: expired(at),
      [offer]: expired(at),
    });
    expect((await mentorshipsById(store, mentee)).get(just)).toMatchObject({
      message: 'Would you?',
      reason: null,
      startedAt: null,
    });
    expect(await changesBy(store, users, expire(at))).toEqual({});
    expect(await changesBy(store, users, expire(at + 1))).toEqual({ [after]: expired(at + 1) });
  });

  test('expire without the requests of other users, and without closed or active ones', async () => {
    const { store, users, add } = await openWith('mentee', 'mentor', 'other', 'active');
    const [mentee, mentor, other, active] = users;
    await add(other, mentor, overdue);
    await add(mentor, mentee, overdue);
    for (const status of ['declined', 'cancelled', 'expired'] as const)
      await answer(store, await add(mentee, mentor, overdue), status, 'done');
    await answer(store, await add(mentee, active, overdue), 'active');
    const expire = (mentorships: MentorshipRepository) => mentorships.expireRequests({ mentee: mentee.id, at });
    expect(await changesBy(store, users, expire)).toEqual({});
  });

  test('are cancelled with the given reason, sent or received, except expired ones', async () => {
    const { store, users, add } = await openWith('mentee', 'a', 'b', 'c', 'd', 'e');
    const [mentee, a, b, c, d, e] = users;
    const sent = await add(mentee, a, { ...beforeDeadline, message: 'Would you?' });
    const received = await add(mentee, b, { ...beforeDeadline, requestedBy: 'mentor' });
    const late = await add(mentee, c, overdue);
    const lateOffer = await add(mentee, d, { expiresAt: at, requestedBy: 'mentor' });
    const barely = await add(mentee, e, { expiresAt: at + 1 });
    const cancel = (mentorships: MentorshipRepository) =>
      mentorships.cancelRequests({ mentee: mentee.id, reason: 'matched', at });
    expect(await changesBy(store, users, cancel)).toEqual({
      [sent]: cancelled('matched'),
      [received]: cancelled('matched'),
      [late]: expired(at - minute),
      [lateOffer]: expired(at),
      [barely]: cancelled('matched'),
    });
    expect((await mentorshipsById(store, mentee)).get(sent)).toMatchObject({ message: 'Would you?', startedAt: null });
    expect(await changesBy(store, users, cancel)).toEqual({});
  });

  test("are cancelled on the mentee's side only", async () => {
    const { store, users, add } = await openWith('mentee', 'mentor', 'other', 'active');
    const [mentee, mentor, other, active] = users;
    await add(other, mentor, beforeDeadline);
    await add(mentor, mentee, beforeDeadline);
    await add(other, mentee, overdue);
    await answer(store, await add(mentee, mentor, beforeDeadline), 'declined', 'no');
    await link(store, mentee, active);
    const cancel = (mentorships: MentorshipRepository) =>
      mentorships.cancelRequests({ mentee: mentee.id, reason: 'matched', at });
    expect(await changesBy(store, users, cancel)).toEqual({});
  });

  test('close on both sides of a user: active ones end, requests are cancelled or expire', async () => {
    const { store, users, add } = await openWith('user', 'boss', 'a', 'b', 'c');
    const [user, boss, a, b, c] = users;
    const above = await link(store, user, boss);
    const below = [await link(store, a, user), await link(store, b, user)];
    const sent = await add(user, c, beforeDeadline);
    const received = await add(c, user, { ...beforeDeadline, message: 'Would you?' });
    const offered = await add(a, user, { ...beforeDeadline, requestedBy: 'mentor' });
    const offer = await add(user, b, { ...beforeDeadline, requestedBy: 'mentor' });
    const late = [await add(user, a, overdue), await add(b, user, { expiresAt: at })];
    await answer(store, await add(user, boss, beforeDeadline), 'declined', 'no');
    const elsewhere = await link(store, c, boss);
    await add(c, a, beforeDeadline);
    await add(boss, c, overdue);
    const close = (mentorships: MentorshipRepository) =>
      mentorships.closeAll({ user: user.id, reason: 'account_ended', at });
    expect(await changesBy(store, users, close)).toEqual({
      [above]: ended('account_ended'),
      [below[0]!]: ended('account_ended'),
      [below[1]!]: ended('account_ended'),
      [sent]: cancelled('account_ended'),
      [received]: cancelled('account_ended'),
      [offered]: cancelled('account_ended'),
      [offer]: cancelled('account_ended'),
      [late[0]!]: expired(at - minute),
      [late[1]!]: expired(at),
    });
    expect(await changesBy(store, users, close)).toEqual({});
    await locked(store, async (mentorships) => {
      expect(await mentorships.activeOf(c.id)).toMatchObject({ id: elsewhere });
      expect(await mentorships.countMentees(boss.id)).toBe(1);
      expect(await mentorships.countMentees(user.id)).toBe(0);
    });
  });

  test('allow new mentorships and requests', async () => {
    const { store, users, add } = await openWith('mentee', 'mentor');
    const [mentee, mentor] = users;
    for (const close of ['expireRequests', 'cancelRequests', 'closeAll'] as const) {
      await add(mentee, mentor, overdue);
      await locked(store, (mentorships) =>
        mentorships[close]({ mentee: mentee.id, user: mentee.id, reason: 'matched', at }),
      );
      if (close === 'closeAll') await link(store, mentee, mentor);
    }
    await locked(store, (mentorships) => mentorships.closeAll({ user: mentor.id, reason: 'account_ended', at }));
    await expect(link(store, mentee, mentor)).resolves.toBeDefined();
    await expect(add(mentee, mentor, beforeDeadline)).resolves.toBeDefined();
  });

  test('are open again when the transaction rolls back', async () => {
    const { store, users, add } = await openWith('user', 'boss', 'a', 'b');
    const [user, boss, a, b] = users;
    await link(store, user, boss);
    await link(store, a, user);
    await add(user, b, { ...overdue, message: 'Would you?' });
    await add(b, user, beforeDeadline);
    const before = await mentorshipsById(store, ...users);
    const failed = within(store, 'mentorships', async (mentorships) => {
      await mentorships.lockGraph(stoppedAt(at));
      await mentorships.expireRequests({ mentee: user.id, at });
      await mentorships.cancelRequests({ mentee: b.id, reason: 'matched', at });
      await mentorships.closeAll({ user: user.id, reason: 'account_ended', at });
      await mentorships.eraseMessages(user.id);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await mentorshipsById(store, ...users)).toEqual(before);
    await locked(store, async (mentorships) => {
      expect(await mentorships.countMentees(user.id)).toBe(1);
      expect(await mentorships.mentorsAbove(a.id)).toEqual([user.id, boss.id]);
      expect(await mentorships.countSentRequests({ user: user.id, side: 'mentee', at: 0 })).toBe(1);
    });
  });
});

describeOnEachStore('the erasure of messages', (open) => {
  test("covers all messages and free-text reasons of both sides, but not other users' or the service's reasons", async () => {
    const store = await open();
    const users = await addUsers(store, 'user', 'other', 'third');
    const [user, other, third] = users;
    const says = { message: 'Would you?' };
    const add = (...asked: Parameters<typeof request>) => addMentorship(store, request(...asked));
    const free = [await add(user, other, says), await add(other, user, says)];
    for (const id of free) await answer(store, id, 'declined', 'I am sorry.');
    const reasoned: Record<number, object> = {};
    for (const reason of closingReasons) {
      const id = await add(user, third, says);
      await answer(store, id, 'cancelled', reason);
      reasoned[id] = { message: null, version: 3 };
    }
    const active = await add(user, other, says);
    await answer(store, active, 'active', 'Gladly.');
    const wordless = await link(store, third, user);
    const waiting = await add(third, user, says);
    await answer(store, await add(third, other, says), 'declined', 'I am sorry.');
    await add(other, third, says);

    const forget = (mentorships: MentorshipRepository) => mentorships.eraseMessages(user.id);
    expect(await changesBy(store, users, forget)).toEqual({
      [free[0]!]: { message: null, reason: null, version: 3 },
      [free[1]!]: { message: null, reason: null, version: 3 },
      ...reasoned,
      [active]: { message: null, reason: null, version: 3 },
      [wordless]: { version: 2 },
      [waiting]: { message: null, version: 2 },
    });
    const left = await mentorshipsById(store, user);
    expect(JSON.stringify([...left.values()])).not.toMatch(/Would|Gladly|sorry/);
  });
});
