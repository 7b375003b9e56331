import type { Answer, Service } from '../../tests/support/processes/service.ts';
import { type Log, mark } from './log.ts';
import {
  changeStatus,
  choose,
  inShort,
  insist,
  type Mentorship,
  pagesFrom,
  type Problem,
  request,
} from '../support/mentoring.ts';
import type { Company, Person } from '../support/people.ts';
import type { Report } from '../support/report.ts';
import { pick } from '../support/requests.ts';

/** What a request may be refused with; anything else is a fault. */
const refusals = {
  'name a mentor': ['mentor_cycle', 'mentor_full', 'mentor_requires_approval', 'mentor_closed'],
  'name nobody': [],
  ask: ['mentor_cycle', 'mentor_closed', 'already_mentored', 'request_exists', 'too_many_open_requests'],
  offer: ['mentor_cycle', 'already_mentored', 'request_exists'],
  accept: ['mentor_cycle', 'mentor_full', 'illegal_transition'],
  'decline or cancel': ['illegal_transition'],
  'complete or end': ['illegal_transition'],
  'set the capacity': ['capacity_below_mentees'],
  'set the policy': [],
} as const satisfies Record<string, readonly string[]>;

export type Way = keyof typeof refusals;
/** `waits`: how often a 503 came first. */
export type Outcome = { way: Way; answer: string; waits: number };

/** Where the writers send their changes, and what they note. */
export type Desk = Company & {
  report: Report;
  log: Log;
  outcomes: Outcome[];
  /** How many changes of a mentor have been acknowledged. */
  acknowledged: number;
};

/** Changes of one mentee's mentor, by each way that there is. Each resolves when all of it has been answered. */
export type Change = (desk: Desk, mentee: Person) => Promise<void>;

/** Sends a request to some process and notes what became of it. */
export const send = async <Reply extends Answer<Problem>>(
  { report, services, outcomes }: Desk,
  way: Way,
  request: (service: Service) => Promise<Reply>,
): Promise<Reply> => {
  // Had the 503 left something done, the histories would tell more than the log.
  const { reply, waits } = await insist(() => request(pick(services)));
  const answer = inShort(reply);
  const expected = ['200', '201', ...refusals[way].map((code) => `409 ${code}`)];
  report.require(expected.includes(answer), `"${way}" was answered with ${answer}`);
  outcomes.push({ way, answer, waits });
  return reply;
};

/** The same, and logs what the mentee's mentor is by its success. */
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

/** Some are asked far more often than others, so that their places run out. */
export const pickMentor = ({ people }: Company): Person =>
  people[Math.floor(Math.random() ** 2 * people.length)] ?? people[0];

const oneOf = <Item>(first: Item, second: Item): Item => (Math.random() < 0.5 ? first : second);

/** The mentee's mentor, as far as the writer knows. */
const presentOf = ({ log }: Desk, { username }: Person) => log.mentors.get(username)?.at(-1)?.value ?? null;

/** Neither the mentee nor, as far as the writer knows, the mentor. */
const pickOther = (desk: Desk, mentee: Person): Person => {
  const mentor = pickMentor(desk);
  return mentor === mentee || mentor.username === presentOf(desk, mentee) ? pickOther(desk, mentee) : mentor;
};

const name = (desk: Desk, mentee: Person, mentor: string) =>
  change(desk, 'name a mentor', mentee, mentor, (service) => choose(service, mentee, { mentor }));

const nameOne: Change = async (desk, mentee) => void (await name(desk, mentee, pickOther(desk, mentee).username));

const nameNone: Change = async (desk, mentee) => {
  if (presentOf(desk, mentee) === null) return;
  await change(desk, 'name nobody', mentee, null, (service) => choose(service, mentee, { mentor: '' }));
};

/** One asks the other, who accepts. What cannot be accepted is closed, or stays open. */
const agree: Change = async (desk, mentee) => {
  const mentor = pickOther(desk, mentee);
  const asks = Math.random() < 0.5;
  const [sender, recipient] = asks ? [mentee, mentor] : [mentor, mentee];
  const asked = asks ? { mentor: mentor.username } : { mentee: mentee.username };
  const { status, body } = await send(desk, asks ? 'ask' : 'offer', (service) => request(service, sender, asked));
  if (status !== 201) return;
  // A mentee may also take an offer by naming the mentor.
  if (!asks && Math.random() < 0.2) return void (await name(desk, mentee, mentor.username));
  const accepted = await change(desk, 'accept', mentee, mentor.username, (service) =>
    changeStatus(service, recipient, body.id, 'active'),
  );
  if (accepted || Math.random() < 0.5) return;
  const [closer, closed] = oneOf([sender, 'cancelled'] as const, [recipient, 'declined'] as const);
  await send(desk, 'decline or cancel', (service) => changeStatus(service, closer, body.id, closed));
};

const finish: Change = async (desk, mentee) => {
  if (presentOf(desk, mentee) === null) return;
  const active = '/api/mentorships?role=mentee&status=active';
  const [found] = (await pagesFrom<Mentorship[]>(pick(desk.services), mentee, active)).flat();
  const mentor = desk.people.find(({ username }) => username === found?.mentor_username);
  if (found === undefined || mentor === undefined) return;
  await change(desk, 'complete or end', mentee, null, (service) =>
    changeStatus(service, oneOf(mentor, mentee), found.id, oneOf('completed', 'ended')),
  );
};

/** Each as often as it stands here. */
const single: readonly [Change, ...Change[]] = [nameOne, nameOne, nameOne, agree, agree, agree, finish, nameNone];

/** Two changes of one mentee at the same moment. */
const twoAtOnce: Change = async (desk, mentee) =>
  void (await Promise.all([pick(single)(desk, mentee), pick(single)(desk, mentee)]));

export const changes: readonly [Change, ...Change[]] = [...single, twoAtOnce];
