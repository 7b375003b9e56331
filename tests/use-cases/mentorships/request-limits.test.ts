import type { MentorshipId } from '@mentorship/domain';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Mentorships, mentorshipsIn, storedIn } from '../../support/mentorships/mentorships.ts';
import { day, hour } from '../../support/records.ts';
import { refusal } from '../../support/refusals.ts';
import { createTestApplication, type Member, password, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let bob: Member;
let alice: Member;
let carol: Member;
beforeEach(async () => {
  app = createTestApplication();
  dealings = mentorshipsIn(app);
  bob = await app.join('Bob');
  alice = await app.join('alice');
  carol = await app.join('carol');
});

describe('of five requests that a mentee has open', () => {
  let mentors: Member[];
  beforeEach(async () => {
    mentors = [];
    for (const name of ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']) mentors.push(await app.join(name));
    for (const mentor of mentors.slice(0, 5)) {
      await dealings.ask(alice, mentor);
      app.clock.advance(hour);
    }
  });
  const sixth = () => dealings.ask(alice, mentors[5]!);
  const third = { id: 3 as MentorshipId };
  const refused = refusal('too_many_open_requests', { limit: 5 });

  test('there is no sixth, but offers', async () => {
    await expect(sixth()).rejects.toMatchObject(refused);
    expect(await dealings.offer(mentors[5]!, alice)).toMatchObject({ id: 6, status: 'requested' });
    // As a mentor, and whoever else asks, one has as many as ever.
    expect(await dealings.offer(alice, carol)).toMatchObject({ id: 7 });
    expect(await dealings.ask(carol, mentors[0]!)).toMatchObject({ id: 8 });
  });

  test('offers take no place', async () => {
    await dealings.change(alice, (await dealings.list(alice))[0]!, 'cancelled');
    for (const mentor of [bob, carol]) await dealings.offer(mentor, alice);
    expect(await sixth()).toMatchObject({ status: 'requested' });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['cancelled', () => dealings.change(alice, third, 'cancelled')],
    ['declined', () => dealings.change(mentors[2]!, third, 'declined')],
    ['accepted, and all others with it', () => dealings.change(mentors[2]!, third, 'active')],
    [
      'left by an account that has ended',
      () => app.endAccount({ actor: mentors[2]!.actor, currentPassword: password }),
    ],
  ])('one that is %s leaves its place', async (_, leave) => {
    await expect(sixth()).rejects.toMatchObject(refused);
    await leave();
    expect(await sixth()).toMatchObject({ status: 'requested' });
  });

  test('one that has expired leaves its place, and is written off then', async () => {
    app.clock.advance(14 * day - 5 * hour - 1);
    await expect(sixth()).rejects.toMatchObject(refused);
    app.clock.advance(1);
    const seen = (await dealings.list(alice, { statuses: ['expired'] }))[0]!;
    expect(seen).toMatchObject({ id: 1, endedAt: seen.expiresAt, version: 2 });
    expect(await sixth()).toMatchObject({ status: 'requested' });
    // The four others are open still; the first is kept just as it was seen.
    const stored = await storedIn(app);
    expect(stored.map(({ status }) => status)).toEqual(['expired', ...Array<string>(5).fill('requested')]);
    expect(stored[0]).toStrictEqual(seen);
  });
});

describe('one can ask again', () => {
  test.each(['declined', 'cancelled', 'expired', 'completed', 'ended'] as const)(
    'when the last time was %s, and it is another mentorship',
    async (status) => {
      const first = await dealings.ask(alice, bob, 'Please.');
      if (status === 'expired') app.clock.advance(14 * day);
      else if (status === 'completed' || status === 'ended') {
        await dealings.change(bob, first, 'active');
        await dealings.change(bob, first, status);
      } else await dealings.change(status === 'declined' ? bob : alice, first, status);
      const again = await dealings.offer(bob, alice, 'Now?');
      expect(again).toMatchObject({ id: first.id + 1, status: 'requested', message: 'Now?', version: 1 });
      expect(await dealings.view(alice, first)).toMatchObject({ status, message: 'Please.' });
      expect(await dealings.change(alice, again, 'active')).toMatchObject({ status: 'active' });
    },
  );
});
