import type { MentorshipId } from '@mentorship/domain';
import { day } from '../records.ts';
import { createTestApplication, type Member, type TestApplication } from '../test-application.ts';
import { type Mentorships, mentorshipsIn } from './mentorships.ts';

export interface EveryStatus {
  readonly app: TestApplication;
  readonly mentorships: Mentorships;
  readonly alice: Member;
  readonly bob: Member;
  readonly carol: Member;
  readonly dave: Member;
}

/**
 * Four members with mentorships 1 to 11: one of each status with alice as the mentee, and one requested and one active
 * with her as the mentor.
 */
export const openEveryStatus = async (): Promise<EveryStatus> => {
  const app = createTestApplication();
  const mentorships = mentorshipsIn(app);
  const bob = await app.join('bob');
  const alice = await app.join('alice');
  const carol = await app.join('carol');
  const dave = await app.join('dave');
  await mentorships.ask(alice, dave); // 1
  app.clock.advance(14 * day);
  await mentorships.change(bob, await mentorships.ask(alice, bob), 'declined'); // 2
  await mentorships.change(alice, await mentorships.ask(alice, bob), 'cancelled'); // 3
  await app.update(alice, { mentor: 'bob' }); // 4
  await mentorships.change(alice, { id: 4 as MentorshipId }, 'completed');
  await app.update(alice, { mentor: 'bob' }); // 5
  await app.update(alice, { mentor: 'carol' }); // 6
  await mentorships.ask(alice, bob); // 7
  await mentorships.offer(dave, alice); // 8
  await mentorships.offer(alice, bob); // 9
  await app.update(dave, { mentor: 'alice' }); // 10: accepting the offer 8 would close a cycle now
  await mentorships.ask(dave, carol); // 11: not one of alice's
  return { app, mentorships, alice, bob, carol, dave };
};

/** The ids of alice's mentorships as the mentee, the newest first. */
export const asMentee = {
  requested: [8, 7],
  active: [6],
  declined: [2],
  cancelled: [3],
  expired: [1],
  completed: [4],
  ended: [5],
};
export const asMentor = {
  requested: [9],
  active: [10],
  declined: [],
  cancelled: [],
  expired: [],
  completed: [],
  ended: [],
};
