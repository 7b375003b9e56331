import type { MentorshipId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let mentorships: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
beforeEach(async () => {
  app = createTestApplication();
  mentorships = mentorshipsIn(app);
  bob = await app.join('Bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
});

describe('with five open requests of a mentee', () => {
  let mentors: Member[];
  beforeEach(async () => {
    mentors = [];
    for (const name of ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']) mentors.push(await app.join(name));
    for (const mentor of mentors.slice(0, 5)) {
      await mentorships.ask(alice, mentor);
      app.clock.advance(hour);
    }
  });
  const sixth = () => mentorships.ask(alice, mentors[5]!);
  const third = { id: 3 as MentorshipId };
  const refused = refusal('too_many_open_requests', { limit: 5 });

  test('a sixth is refused, but offers are not', async () => {
    await expect(sixth()).rejects.toMatchObject(refused);
    expect(await mentorships.offer(mentors[5]!, alice)).toMatchObject({ id: 6, status: 'requested' });
    // Neither offers by the mentee nor requests of other users are limited.
    expect(await mentorships.offer(alice, carol)).toMatchObject({ id: 7 });
    expect(await mentorships.ask(carol, mentors[0]!)).toMatchObject({ id: 8 });
  });

  test('offers do not count', async () => {
    await mentorships.change(alice, (await mentorships.list(alice))[0]!, 'cancelled');
    for (const mentor of [bob, carol]) await mentorships.offer(mentor, alice);
    expect(await sixth()).toMatchObject({ status: 'requested' });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['cancelled', () => mentorships.change(alice, third, 'cancelled')],
    ['declined', () => mentorships.change(mentors[2]!, third, 'declined')],
    ['accepted, which cancels the others', () => mentorships.change(mentors[2]!, third, 'active')],
    ['closed with the mentor’s account', () => app.endAccount({ actor: mentors[2]!.actor, currentPassword: password })],
  ])('a request that is %s makes room', async (_, leave) => {
    await expect(sixth()).rejects.toMatchObject(refused);
    await leave();
    expect(await sixth()).toMatchObject({ status: 'requested' });
  });

  test('a request that expires makes room, and its expiry is stored by the next request', async () => {
    app.clock.advance(14 * day - 5 * hour - 1);
    await expect(sixth()).rejects.toMatchObject(refused);
    app.clock.advance(1);
    const shown = (await mentorships.list(alice, { statuses: ['expired'] }))[0]!;
    expect(shown).toMatchObject({ id: 1, endedAt: shown.expiresAt, version: 2 });
    expect(await sixth()).toMatchObject({ status: 'requested' });
    // The four others are still open; the first is stored as it was shown.
    const stored = await storedIn(app);
    expect(stored.map(({ status }) => status)).toEqual(['expired', ...Array<string>(5).fill('requested')]);
    expect(stored[0]).toStrictEqual(shown);
  });
});

describe('with 20 open offers of a mentor', () => {
  let mentees: Member[];
  beforeEach(async () => {
    mentees = [];
    for (let number = 1; number <= 21; number += 1) mentees.push(await app.join(`m${number}`));
    for (const mentee of mentees.slice(0, 20)) await mentorships.offer(bob, mentee);
  });
  const another = () => mentorships.offer(bob, mentees[20]!);
  const refused = refusal('too_many_open_requests', { limit: 20 });

  test('another is refused, and nothing is stored', async () => {
    await expect(another()).rejects.toMatchObject(refused);
    expect(await storedIn(app)).toHaveLength(20);
  });

  test('requests to and by the mentor are not, nor offers of other mentors', async () => {
    expect(await mentorships.ask(mentees[20]!, bob)).toMatchObject({ status: 'requested' });
    expect(await mentorships.ask(bob, carol)).toMatchObject({ status: 'requested' });
    expect(await mentorships.offer(alice, mentees[0]!)).toMatchObject({ status: 'requested' });
  });

  const first = { id: 1 as MentorshipId };
  test.each<[string, () => unknown]>([
    ['cancelled', () => mentorships.change(bob, first, 'cancelled')],
    ['declined', () => mentorships.change(mentees[0]!, first, 'declined')],
    ['accepted', () => mentorships.change(mentees[0]!, first, 'active')],
    ['overdue', () => app.clock.advance(14 * day)],
  ])('an offer that is %s makes room', async (_, leave) => {
    await leave();
    expect(await another()).toMatchObject({ status: 'requested' });
  });
});

test('nothing limits the requests that a mentor receives, so that strangers cannot use a limit up', async () => {
  for (let number = 1; number <= 25; number += 1) await mentorships.ask(await app.join(`m${number}`), bob);
  expect(await mentorships.ask(alice, bob)).toMatchObject({ status: 'requested' });
});

describe('a user can send another request', () => {
  test.each(['declined', 'cancelled', 'expired', 'completed', 'ended'] as const)(
    'after a mentorship that was %s, as a new mentorship',
    async (status) => {
      const first = await mentorships.ask(alice, bob, 'Please.');
      if (status === 'expired') app.clock.advance(14 * day);
      else if (status === 'completed' || status === 'ended') {
        await mentorships.change(bob, first, 'active');
        await mentorships.change(bob, first, status);
      } else await mentorships.change(status === 'declined' ? bob : alice, first, status);
      const again = await mentorships.offer(bob, alice, 'Now?');
      expect(again).toMatchObject({ id: first.id + 1, status: 'requested', message: 'Now?', version: 1 });
      expect(await mentorships.view(alice, first)).toMatchObject({ status, message: 'Please.' });
      expect(await mentorships.change(alice, again, 'active')).toMatchObject({ status: 'active' });
    },
  );
});
