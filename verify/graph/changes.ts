import type { Answer, Service } from '../../tests/support/processes/service.ts';
import { type Log, mark } from './log.ts';
import {
  changeStatus,
  choose,
  inShort,
  sendWithRetries,
  type Mentorship,
  pagesFrom,
  type Problem,
  request,
} from '../support/mentoring.ts';
import type { Company, Person } from '../support/people.ts';
import type { Report } from '../support/report.ts';
import { pick } from '../support/requests.ts';

/** The refusals that each request may receive; any other is a fault. */
const refusals = {
  'name a mentor': ['mentor_cycle', 'mentor_full', 'mentor_requires_approval', 'mentor_closed'],
  'remove the mentor': [],
  'request a mentor': ['mentor_cycle', 'mentor_closed', 'already_mentored', 'request_exists', 'too_many_open_requests'],
  'offer to mentor': ['mentor_cycle', 'already_mentored', 'request_exists', 'too_many_open_requests'],
  accept: ['mentor_cycle', 'mentor_full', 'illegal_transition'],
  'decline or cancel': ['illegal_transition'],
  'complete or end': ['illegal_transition'],
  'set the capacity': ['capacity_below_mentees'],
  'set the policy': [],
} as const satisfies Record<string, readonly string[]>;

export type Way = keyof typeof refusals;
/** `waits`: the number of 503 responses before this one. */
export type Outcome = { way: Way; answer: string; waits: number };

/** The services that the writers use, and the records that they keep. */
export type Desk = Company & {
  report: Report;
  log: Log;
  outcomes: Outcome[];
  /** The number of acknowledged changes of a mentor. */
  acknowledged: number;
};

/** A change of one mentee's mentor. Resolves when every request of it is answered. */
export type Change = (desk: Desk, mentee: Person) => Promise<void>;

/** Sends a request to a random process and records its outcome. */
export const send = async <Reply extends Answer<Problem>>(
  { report, services, outcomes }: Desk,
  way: Way,
  request: (service: Service) => Promise<Reply>,
): Promise<Reply> => {
  // If a 503 had changed anything, the histories would contain more than the log.
  const { reply, waits } = await sendWithRetries(() => request(pick(services)));
  const answer = inShort(reply);
  const expected = ['200', '201', ...refusals[way].map((code) => `409 ${code}`)];
  report.require(expected.includes(answer), `the response to "${way}" was ${answer}`);
  outcomes.push({ way, answer, waits });
  return reply;
};

/** Sends a change of the mentee's mentor, and logs it if it succeeds. */
const change = async (
  desk: Desk,
  way: Way,
  mentee: Person,
  mentor: string | null,
  request: (service: Service) => Promise<Answer<Problem>>,
): Promise<boolean> => {
  const sent = mark();
  const { status } = await send(desk, way, request);
  if (status !== 200) return false;
  desk.log.mentors.get(mentee.username)?.push({ value: mentor, sent, answered: mark() });
  desk.acknowledged++;
  return true;
};

/** Picks some mentors far more often than others, so that they reach their capacity. */
export const pickMentor = ({ people }: Company): Person =>
  people[Math.floor(Math.random() ** 2 * people.length)] ?? people[0];

const oneOf = <Item>(first: Item, second: Item): Item => (Math.random() < 0.5 ? first : second);

/** The mentee's mentor in the log. */
const currentMentorOf = ({ log }: Desk, { username }: Person) => log.mentors.get(username)?.at(-1)?.value ?? null;

/** Picks a user who is neither the mentee nor, in the log, the mentor. */
const pickOther = (desk: Desk, mentee: Person): Person => {
  const mentor = pickMentor(desk);
  return mentor === mentee || mentor.username === currentMentorOf(desk, mentee) ? pickOther(desk, mentee) : mentor;
};

const name = (desk: Desk, mentee: Person, mentor: string) =>
  change(desk, 'name a mentor', mentee, mentor, (service) => choose(service, mentee, { mentor }));

const nameMentor: Change = async (desk, mentee) => void (await name(desk, mentee, pickOther(desk, mentee).username));

const removeMentor: Change = async (desk, mentee) => {
  if (currentMentorOf(desk, mentee) === null) return;
  await change(desk, 'remove the mentor', mentee, null, (service) => choose(service, mentee, { mentor: '' }));
};

/** One side sends a request and the other accepts it. A request that cannot be accepted is closed, or stays open. */
const agree: Change = async (desk, mentee) => {
  const mentor = pickOther(desk, mentee);
  const asks = Math.random() < 0.5;
  const [sender, recipient] = asks ? [mentee, mentor] : [mentor, mentee];
  const named = asks ? { mentor: mentor.username } : { mentee: mentee.username };
  const { status, body } = await send(desk, asks ? 'request a mentor' : 'offer to mentor', (service) =>
    request(service, sender, named),
  );
  if (status !== 201) return;
  // A mentee can also accept an offer by naming the mentor.
  if (!asks && Math.random() < 0.2) return void (await name(desk, mentee, mentor.username));
  const accepted = await change(desk, 'accept', mentee, mentor.username, (service) =>
    changeStatus(service, recipient, body.id, 'active'),
  );
  if (accepted || Math.random() < 0.5) return;
  const [closer, closed] = oneOf([sender, 'cancelled'] as const, [recipient, 'declined'] as const);
  await send(desk, 'decline or cancel', (service) => changeStatus(service, closer, body.id, closed));
};

const finish: Change = async (desk, mentee) => {
  if (currentMentorOf(desk, mentee) === null) return;
  const active = '/api/mentorships?role=mentee&status=active';
  const [found] = (await pagesFrom<Mentorship[]>(pick(desk.services), mentee, active)).flat();
  const mentor = desk.people.find(({ username }) => username === found?.mentor_username);
  if (found === undefined || mentor === undefined) return;
  await change(desk, 'complete or end', mentee, null, (service) =>
    changeStatus(service, oneOf(mentor, mentee), found.id, oneOf('completed', 'ended')),
  );
};

/** Repeated entries are picked more often. */
const single: readonly [Change, ...Change[]] = [
  nameMentor,
  nameMentor,
  nameMentor,
  agree,
  agree,
  agree,
  finish,
  removeMentor,
];

/** Two concurrent changes of one mentee. */
const twoAtOnce: Change = async (desk, mentee) =>
  void (await Promise.all([pick(single)(desk, mentee), pick(single)(desk, mentee)]));

export const changes: readonly [Change, ...Change[]] = [...single, twoAtOnce];
