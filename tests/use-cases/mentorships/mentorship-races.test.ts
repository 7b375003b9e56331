import { beforeEach, describe, expect, test } from 'vitest';
import { type Mentorships, mentorshipsIn } from '../../support/mentorships/mentorships.ts';
import { createTestApplication, type Member, type TestApplication } from '../../support/test-application.ts';

let app: TestApplication;
let dealings: Mentorships;
let mentor: Member;
beforeEach(async () => {
  app = createTestApplication();
  dealings = mentorshipsIn(app);
  mentor = await app.join('mentor');
});

const joinMany = (count: number): Promise<Member[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => app.join(`user${index}`)));

/** How many came through, and how many of the others were refused with each code. */
const outcomes = async (attempts: readonly Promise<unknown>[]) => {
  const settled = await Promise.allSettled(attempts);
  const codes = settled.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'done'));
  return Object.fromEntries([...new Set(codes)].map((code) => [code, codes.filter((one) => one === code).length]));
};

test('of 20 acceptances of one request at once, one succeeds', async () => {
  const [mentee] = await joinMany(1);
  const asked = await dealings.ask(mentee!, mentor);
  const attempts = Array.from({ length: 20 }, () => dealings.change(mentor, asked, 'active'));
  expect(await outcomes(attempts)).toEqual({ done: 1, illegal_transition: 19 });
  expect(await dealings.view(mentor, asked)).toMatchObject({ status: 'active', version: 2 });
});

test('of 20 of the same request at once, from both sides, one is made', async () => {
  const [mentee] = await joinMany(1);
  const attempts = Array.from({ length: 20 }, (_, index) =>
    index % 2 ? dealings.ask(mentee!, mentor) : dealings.offer(mentor, mentee!),
  );
  expect(await outcomes(attempts)).toEqual({ done: 1, request_exists: 19 });
});

test('of 20 requests of one mentee at once five are made', async () => {
  const [mentee, ...mentors] = await joinMany(21);
  const attempts = mentors.map((one) => dealings.ask(mentee!, one));
  expect(await outcomes(attempts)).toEqual({ done: 5, too_many_open_requests: 15 });
});

describe('a capacity of three is never passed', () => {
  test('by acceptances, offers that are accepted and names at once', async () => {
    const mentees = await joinMany(24);
    const made = await Promise.all(
      mentees.map((one, index) => (index % 2 ? dealings.ask(one, mentor) : dealings.offer(mentor, one))),
    );
    await app.update(mentor, { mentorCapacity: 3 });
    const attempts = made.map((one, index) => {
      if (index % 3 === 0) return app.update(mentees[index]!, { mentor: 'mentor' });
      return dealings.change(index % 2 ? mentor : mentees[index]!, one, 'active');
    });
    expect(await outcomes(attempts)).toEqual({ done: 3, mentor_full: 21 });
    expect((await app.own(mentor)).mentees).toHaveLength(3);
  });

  test('by those that are accepted while it is set', async () => {
    const mentees = await joinMany(10);
    const made = await Promise.all(mentees.map((one) => dealings.ask(one, mentor)));
    const limit = () => app.update(mentor, { mentorCapacity: 3 });
    const accept = made.map((one) => () => dealings.change(mentor, one, 'active'));
    const done = await outcomes([...accept.slice(0, 2), limit, ...accept.slice(2)].map((attempt) => attempt()));
    const { mentees: taken, mentorCapacity } = await app.own(mentor);
    // Either it came in time, or it was refused because there were more by then.
    const beforeDeadline = { taken: 3, mentorCapacity: 3, done: { done: 4, mentor_full: 7 } };
    const late = { taken: 10, mentorCapacity: undefined, done: { done: 10, capacity_below_mentees: 1 } };
    expect([beforeDeadline, late]).toContainEqual({ taken: taken.length, mentorCapacity, done });
  });
});

test('of ten mentors who accept one mentee at once, the first has them: the mentee has one', async () => {
  const [mentee, ...mentors] = await joinMany(11);
  const offers = await Promise.all(mentors.map((one) => dealings.offer(one, mentee!)));
  const attempts = offers.map((offer) => dealings.change(mentee!, offer, 'active'));
  expect(await outcomes(attempts)).toEqual({ done: 1, illegal_transition: 9 });
  expect(await dealings.links()).toHaveLength(1);
});

test('acceptances in a ring at once never close it', async () => {
  const ring = await joinMany(8);
  const next = (index: number): Member => ring[(index + 1) % ring.length]!;
  const asked = await Promise.all(ring.map((one, index) => dealings.ask(one, next(index))));
  const attempts = asked.map((one, index) => dealings.change(next(index), one, 'active'));
  expect(await outcomes(attempts)).toEqual({ done: 7, mentor_cycle: 1 });
  expect(await dealings.links()).toHaveLength(7);
});
