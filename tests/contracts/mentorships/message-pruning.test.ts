import type { MentorshipRepository } from '@mentorship/application';
import type { NewMentorship } from '@mentorship/domain';
import { expect, test } from 'vitest';
import {
  addMentorship,
  addUsers,
  answer,
  day,
  link,
  mentorshipsOf,
  now,
  request,
  within,
} from '../../support/records.ts';
import { describeOnEachStore, type TestStore } from '../../support/store/stores.ts';

const by = now - 90 * day;
const words = { message: 'Would you?' };
const erased = { message: null, reason: null };

describeOnEachStore('old messages', (open) => {
  const openWith = async () => {
    const store = await open();
    const [mentee, mentor, other] = await addUsers(store, 'mentee', 'mentor', 'other');
    const add = (values: Partial<NewMentorship>) => addMentorship(store, request(mentee, mentor, values));
    const closed = (status: NewMentorship['status'], endedAt: number, values: Partial<NewMentorship> = {}) =>
      add({ ...words, expiresAt: now, endedAt, status, version: 2, ...values });
    const prune = () => prunedIn(store);
    return { store, mentee, mentor, other, add, closed, prune };
  };
  const prunedIn = (store: TestStore) =>
    within(store, 'mentorships', (mentorships: MentorshipRepository) => mentorships.pruneMessages(by));

  test('are erased from requests that were declined, cancelled or expired by then, with the reasons of users', async () => {
    const { store, mentee, closed, prune } = await openWith();
    await closed('declined', by, { reason: 'No time.' });
    await closed('declined', by, { message: null, reason: 'No.' });
    await closed('cancelled', by - day, { reason: 'matched' });
    await closed('expired', by - 900 * day);
    const before = await mentorshipsOf(store, mentee);
    expect(await prune()).toBe(4);
    expect(await mentorshipsOf(store, mentee)).toEqual(
      before.map((one) => ({
        ...one,
        message: null,
        reason: one.reason === 'matched' ? 'matched' : null,
        version: one.version + 1,
      })),
    );
    expect(await prune()).toBe(0);
  });

  test('are erased from overdue requests that are still stored as open', async () => {
    const { store, mentee, mentor, other, add, prune } = await openWith();
    await add({ ...words, expiresAt: by });
    await addMentorship(store, request(mentee, other, { ...words, expiresAt: by + 1 }));
    await addMentorship(store, request(other, mentor, { ...words, requestedBy: 'mentor', expiresAt: by - day }));
    expect(await prune()).toBe(2);
    expect(await mentorshipsOf(store, mentor)).toMatchObject(
      [1, 1].map(() => ({ ...erased, status: 'requested', version: 2, endedAt: null })),
    );
    expect(await mentorshipsOf(store, mentee)).toMatchObject([words, erased]);
  });

  test('stay with newer requests, open ones, and every mentorship that began', async () => {
    const { store, mentee, mentor, other, add, closed, prune } = await openWith();
    await closed('declined', by + 1, { reason: 'No time.' });
    const completed = await add({ ...words, expiresAt: by });
    await answer(store, completed, 'active');
    await closed('ended', by - day, { startedAt: by - 2 * day, reason: 'Thank you!' });
    await closed('cancelled', by - day, { message: null, reason: 'account_ended' });
    await addMentorship(store, request(mentee, other, { ...words, expiresAt: now }));
    await link(store, other, mentor);
    const before = await mentorshipsOf(store, mentee);
    expect(await prune()).toBe(0);
    expect(await mentorshipsOf(store, mentee)).toEqual(before);
  });

  test('are erased from at most 100 closed requests a call, and again none after a rollback', async () => {
    const { store, closed, prune } = await openWith();
    for (let number = 0; number < 130; number += 1) await closed('declined', by - number);
    const failed = within(store, 'mentorships', async (mentorships) => {
      await mentorships.pruneMessages(by);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect([await prune(), await prune(), await prune()]).toEqual([100, 30, 0]);
  });
});
