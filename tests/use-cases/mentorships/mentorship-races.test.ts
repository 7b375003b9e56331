import { beforeEach, describe, expect, test } from 'vitest';
import { type Mentorships, mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let mentorships: Mentorships;
let mentor: Member;
beforeEach(async () => {
  app = createTestApplication();
  mentorships = mentorshipsIn(app);
  mentor = await app.join('mentor');
});

const joinMany = (count: number): Promise<Member[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => app.join(`user${index}`)));

/** How many attempts succeeded (`done`), and how many were refused with each code. */
const outcomes = async (attempts: readonly Promise<unknown>[]) => {
  const settled = await Promise.allSettled(attempts);
  const codes = settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'done'));
  return Object.fromEntries([...new Set(codes)].map((code) => [code, codes.filter((one) => one === code).length]));
};

test('of 20 acceptances of one request at once, one succeeds', async () => {
  const [mentee] = await joinMany(1);
  const asked = await mentorships.ask(mentee!, mentor);
  const attempts = Array.from({ length: 20 }, () => mentorships.change(mentor, asked, 'active'));
  expect(await outcomes(attempts)).toEqual({ done: 1, illegal_transition: 19 });
  expect(await mentorships.view(mentor, asked)).toMatchObject({ status: 'active', version: 2 });
});

test('of 20 equal requests at once, from both sides, one is made', async () => {
  const [mentee] = await joinMany(1);
  const attempts = Array.from({ length: 20 }, (_, index) =>
    index % 2 ? mentorships.ask(mentee!, mentor) : mentorships.offer(mentor, mentee!),
  );
  expect(await outcomes(attempts)).toEqual({ done: 1, request_exists: 19 });
});

test('of 20 requests of one mentee at once, five are made', async () => {
  const [mentee, ...mentors] = await joinMany(21);
  const attempts = mentors.map((one) => mentorships.ask(mentee!, one));
  expect(await outcomes(attempts)).toEqual({ done: 5, too_many_open_requests: 15 });
});

describe('a capacity of three is never exceeded', () => {
  test('by accepted requests, accepted offers and changes of mentor at once', async () => {
    const mentees = await joinMany(24);
    const made = await Promise.all(
      mentees.map((one, index) => (index % 2 ? mentorships.ask(one, mentor) : mentorships.offer(mentor, one))),
    );
    await app.update(mentor, { mentorCapacity: 3 });
    const attempts = made.map((one, index) => {
      if (index % 3 === 0) return app.update(mentees[index]!, { mentor: 'mentor' });
      return mentorships.change(index % 2 ? mentor : mentees[index]!, one, 'active');
    });
    expect(await outcomes(attempts)).toEqual({ done: 3, mentor_full: 21 });
    expect((await app.own(mentor)).mentees).toHaveLength(3);
  });

  test('by requests that are accepted while it is set', async () => {
    const mentees = await joinMany(10);
    const made = await Promise.all(mentees.map((one) => mentorships.ask(one, mentor)));
    const limit = () => app.update(mentor, { mentorCapacity: 3 });
    const accept = made.map((one) => () => mentorships.change(mentor, one, 'active'));
    const done = await outcomes([...accept.slice(0, 2), limit, ...accept.slice(2)].map((attempt) => attempt()));
    const { mentees: current, mentorCapacity } = await app.own(mentor);
    // Either the capacity was set in time, or it was refused because there were more mentees by then.
    const early = { mentees: 3, mentorCapacity: 3, done: { done: 4, mentor_full: 7 } };
    const late = { mentees: 10, mentorCapacity: undefined, done: { done: 10, capacity_below_mentees: 1 } };
    expect([early, late]).toContainEqual({ mentees: current.length, mentorCapacity, done });
  });
});

test('of ten offers that one mentee accepts at once, one succeeds', async () => {
  const [mentee, ...mentors] = await joinMany(11);
  const offers = await Promise.all(mentors.map((one) => mentorships.offer(one, mentee!)));
  const attempts = offers.map((offer) => mentorships.change(mentee!, offer, 'active'));
  expect(await outcomes(attempts)).toEqual({ done: 1, illegal_transition: 9 });
  expect(await mentorships.links()).toHaveLength(1);
});

test('acceptances around a ring at once never close it', async () => {
  const ring = await joinMany(8);
  const next = (index: number): Member => ring[(index + 1) % ring.length]!;
  const asked = await Promise.all(ring.map((one, index) => mentorships.ask(one, next(index))));
  const attempts = asked.map((one, index) => mentorships.change(next(index), one, 'active'));
  expect(await outcomes(attempts)).toEqual({ done: 7, mentor_cycle: 1 });
  expect(await mentorships.links()).toHaveLength(7);
});
