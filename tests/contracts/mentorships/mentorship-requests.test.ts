import { type MentorshipId, pseudonym, type Side, transition } from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  addMentorship,
  addUsers,
  answer,
  awkwardTexts,
  day,
  hour,
  link,
  locked,
  mentorshipsOf,
  minute,
  now,
  request,
  unlink,
  within,
} from '../../support/records.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';

const unknown = 4711 as MentorshipId;

const find = (store: TestStore, id: MentorshipId) => locked(store, (mentorships) => mentorships.find(id));

describeOnEachStore('a stored mentorship', (open) => {
  const openWithPair = async () => {
    const store = await open();
    const [mentee, mentor, other] = await addUsers(store, 'mentee', 'Mentor', 'other');
    const names = { menteeUsername: 'mentee', mentorUsername: 'Mentor' };
    return { store, mentee, mentor, other, names };
  };

  test('is found by id, with both usernames, even in the transaction that stored it', async () => {
    const { store, mentee, mentor, names } = await openWithPair();
    const asked = request(mentee, mentor, { message: 'Would you?' });
    await locked(store, async (mentorships) => {
      const id = await mentorships.add(asked);
      expect(await mentorships.find(id)).toEqual({ ...asked, id, ...names });
    });
    const offered = request(mentor, mentee, { requestedBy: 'mentor', createdAt: now + 1, expiresAt: now + 14 * day });
    const id = await addMentorship(store, offered);
    expect(await find(store, id)).toEqual({ ...offered, id, menteeUsername: 'Mentor', mentorUsername: 'mentee' });
    expect(await find(store, unknown)).toBeNull();
  });

  test('has the pseudonym of an ended account', async () => {
    const { store, mentee, mentor } = await openWithPair();
    const id = await link(store, mentee, mentor);
    await within(store, 'users', (users) => users.erase(mentor.id, mentor.passwordHash, now));
    expect(await find(store, id)).toMatchObject({
      menteeUsername: 'mentee',
      mentorUsername: pseudonym(mentor.id),
      mentorId: mentor.id,
    });
    await within(store, 'users', (users) => users.erase(mentee.id, mentee.passwordHash, now));
    expect(await find(store, id)).toMatchObject({ menteeUsername: pseudonym(mentee.id) });
  });

  test('gets an ascending id, even after a rolled-back transaction', async () => {
    const { store, mentee, mentor, other } = await openWithPair();
    const first = await addMentorship(store, request(mentee, mentor));
    const second = await addMentorship(store, request(mentor, mentee));
    const failed = locked(store, async (mentorships) => {
      await mentorships.add(request(mentee, other));
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    const third = await addMentorship(store, request(mentee, other));
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
    expect((await mentorshipsOf(store, mentee)).map(({ id }) => id)).toEqual([third, second, first]);
  });

  test('keeps any text unchanged', async () => {
    const { store, mentee, mentor } = await openWithPair();
    for (const text of awkwardTexts) {
      const id = await addMentorship(store, request(mentee, mentor, { message: text }));
      await answer(store, id, 'declined', text);
      expect(await find(store, id)).toMatchObject({ message: text, reason: text, status: 'declined' });
    }
  });

  test('has all changes of a transition in its next version', async () => {
    const { store, mentee, mentor, names } = await openWithPair();
    const asked = request(mentee, mentor, { message: 'Would you?' });
    const id = await addMentorship(store, asked);
    await answer(store, id, 'active', 'Gladly.', now + minute);
    const active = { ...asked, ...names, id, status: 'active', reason: 'Gladly.', startedAt: now + minute, version: 2 };
    expect(await find(store, id)).toEqual(active);
    await answer(store, id, 'completed', null, now + day);
    expect(await find(store, id)).toEqual({
      ...active,
      status: 'completed',
      reason: null,
      endedAt: now + day,
      version: 3,
    });
    for (const status of ['declined', 'cancelled', 'expired'] as const) {
      const next = await addMentorship(store, asked);
      await answer(store, next, status, status, now + hour);
      const closed = { status, reason: status, endedAt: now + hour, version: 2 };
      expect(await find(store, next)).toEqual({ ...asked, ...names, id: next, ...closed });
    }
  });

  test('keeps the fields that a transition never changes', async () => {
    const { store, mentee, mentor, other, names } = await openWithPair();
    const asked = request(mentee, mentor, { message: 'Would you?' });
    const id = await addMentorship(store, asked);
    const past = { message: 'Never.', requestedBy: 'mentor', createdAt: 0, expiresAt: 0, menteeId: other.id } as const;
    await locked(store, async (mentorships) => {
      const present = (await mentorships.find(id))!;
      await mentorships.save({
        ...transition(present, 'declined', { by: 'recipient', reason: 'No.', at: now }),
        ...past,
      });
    });
    const declined = { status: 'declined', reason: 'No.', endedAt: now, version: 2 };
    expect(await find(store, id)).toEqual({ ...asked, ...names, id, ...declined });
  });

  test("is returned as a mentee's active one only while it is active", async () => {
    const { store, mentee, mentor, other } = await openWithPair();
    const activeOf = (user: typeof mentee) => locked(store, (mentorships) => mentorships.activeOf(user.id));
    await addMentorship(store, request(mentee, mentor));
    expect(await activeOf(mentee)).toBeNull();
    const id = await link(store, mentee, other);
    const { menteeUsername: _, mentorUsername: __, ...active } = (await find(store, id))!;
    expect(await activeOf(mentee)).toEqual(active);
    expect(active).toMatchObject({ status: 'active', startedAt: now, expiresAt: null, version: 1 });
    for (const user of [mentor, other]) expect(await activeOf(user)).toBeNull();
    await unlink(store, mentee);
    expect(await activeOf(mentee)).toBeNull();
  });

  test('is returned as the open request of its pair only, from either side', async () => {
    const { store, mentee, mentor, other } = await openWithPair();
    const openRequest = (of: typeof mentee, to: typeof mentee) =>
      locked(store, (mentorships) => mentorships.openRequest({ mentee: of.id, mentor: to.id }));
    expect(await openRequest(mentee, mentor)).toBeNull();
    const asked = await addMentorship(store, request(mentee, mentor, { message: 'Would you?' }));
    expect(await openRequest(mentee, mentor)).toEqual({
      ...request(mentee, mentor, { message: 'Would you?' }),
      id: asked,
    });
    for (const [of, to] of [
      [mentor, mentee],
      [mentee, other],
      [other, mentor],
    ] as const)
      expect(await openRequest(of, to)).toBeNull();
    const offered = await addMentorship(store, request(mentee, other, { requestedBy: 'mentor' }));
    expect(await openRequest(mentee, other)).toMatchObject({ id: offered, requestedBy: 'mentor' });
    await answer(store, asked, 'active');
    await answer(store, offered, 'declined');
    expect(await openRequest(mentee, mentor)).toBeNull();
    expect(await openRequest(mentee, other)).toBeNull();
  });

  test('is the open request of its pair until it is expired explicitly, however overdue, but no longer counts', async () => {
    const { store, mentee, mentor } = await openWithPair();
    const id = await addMentorship(store, request(mentee, mentor, { expiresAt: now - 99 * day }));
    const pair = { mentee: mentee.id, mentor: mentor.id };
    await locked(store, async (mentorships) => {
      expect(await mentorships.openRequest(pair)).toMatchObject({ id, status: 'requested' });
      const sent = (at: number) => mentorships.countSentRequests({ user: mentee.id, side: 'mentee', at });
      expect([await sent(now - 99 * day - 1), await sent(now - 99 * day)]).toEqual([1, 0]);
      await mentorships.expireRequests({ mentee: mentee.id, at: now });
      expect(await mentorships.openRequest(pair)).toBeNull();
      expect(await sent(now - 99 * day - 1)).toBe(0);
    });
  });

  test('counts among the sent requests of its sender alone, while it is open', async () => {
    const store = await open();
    const [mentee, other, ...mentors] = await addUsers(store, 'mentee', 'other', 'a', 'b', 'c', 'd', 'e');
    const sent = (user: typeof mentee, side: Side = 'mentee') =>
      locked(store, (mentorships) => mentorships.countSentRequests({ user: user.id, side, at: now }));
    expect(await sent(mentee)).toBe(0);
    const ids = [];
    for (const mentor of mentors) ids.push(await addMentorship(store, request(mentee, mentor)));
    await addMentorship(store, request(mentee, other, { requestedBy: 'mentor' }));
    await addMentorship(store, request(other, mentors[0]));
    await addMentorship(store, request(mentors[0], mentee));
    expect(await sent(mentee)).toBe(5);
    expect([await sent(other, 'mentor'), await sent(mentee, 'mentor'), await sent(mentors[0], 'mentor')]).toEqual([
      1, 0, 0,
    ]);
    for (const [at, to] of (['active', 'declined', 'cancelled', 'expired'] as const).entries()) {
      await answer(store, ids[at]!, to);
      expect(await sent(mentee)).toBe(4 - at);
    }
    expect([await sent(other), await sent(mentors[0]), await sent(mentors[1])]).toEqual([1, 1, 0]);
  });

  test('counts among the mentees of its mentor while active', async () => {
    const store = await open();
    const [mentor, a, b, c] = await addUsers(store, 'mentor', 'a', 'b', 'c');
    const mentees = (user: typeof mentor) => locked(store, (mentorships) => mentorships.countMentees(user.id));
    expect(await mentees(mentor)).toBe(0);
    const asked = await addMentorship(store, request(c, mentor));
    for (const mentee of [a, b]) await link(store, mentee, mentor);
    expect(await mentees(mentor)).toBe(2);
    await answer(store, asked, 'active');
    expect(await mentees(mentor)).toBe(3);
    await unlink(store, a);
    await unlink(store, a);
    await answer(store, asked, 'completed');
    expect(await mentees(mentor)).toBe(1);
    expect(await mentees(a)).toBe(0);
  });
});
