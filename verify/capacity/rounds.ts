import { isDeepStrictEqual } from 'node:util';
import { call, logIn, password, register, type Service } from '../../tests/support/processes/service.ts';
import { capacity, type Rush } from './rushes.ts';
import { choose, inShort, sendWithRetries, type Mentorship, pagesFrom } from '../support/mentoring.ts';
import type { Person } from '../support/people.ts';
import type { Report } from '../support/report.ts';
import type { Services } from '../support/servers.ts';

/** What became of the attempts, how many had to be repeated after a 503, and how long all took, in milliseconds. */
export type Round = { outcomes: string[]; repeated: number; duration: number };

let mentors = 0;

/** Sends all attempts at once to a new mentor, each on the next process, and looks at what is there afterwards. */
export const runRound = async (
  report: Report,
  services: Services,
  mentees: readonly Person[],
  rush: Rush,
): Promise<Round> => {
  const [first] = services;
  const mentor = await newMentor(first, rush);
  const { attempts, asked } = await rush.prepare(first, mentor, mentees);
  const start = performance.now();
  const answers = await Promise.all(
    attempts.map(({ send }, index) => sendWithRetries(() => send(services[index % services.length] ?? first))),
  );
  const duration = performance.now() - start;
  const outcomes = answers.map(({ reply }) => inShort(reply));
  const repeated = answers.reduce((sum, { waits }) => sum + waits, 0);
  for (const outcome of outcomes)
    report.require(['200', rush.refusal].includes(outcome), `${rush.title}: an attempt was answered with ${outcome}`);
  const winners = attempts.filter((_, index) => outcomes[index] === '200').map(({ mentee }) => mentee);
  const expected = Math.min(rush.succeed, attempts.length);
  report.require(winners.length === expected, `${rush.title}: not just ${expected} succeeded`);
  for (const service of services) await checkState(report, service, mentor, winners, asked);
  await endAccount(first, mentor);
  return { outcomes, repeated, duration };
};

const newMentor = async (service: Service, { policy }: Rush): Promise<Person> => {
  const username = `mentor-${(mentors += 1)}`;
  const { id } = (await register(service.url, username)).body;
  const mentor = { id, username, token: (await logIn(service.url, username)).access };
  const { status } = await choose(service, mentor, { mentor_policy: policy, mentor_capacity: capacity });
  if (status !== 200) throw new Error(`A mentor's choice was answered with ${status}.`);
  return mentor;
};

/** Whoever succeeded is a mentee, wherever one looks, and of all others nothing has changed. */
const checkState = async (
  report: Report,
  service: Service,
  mentor: Person,
  winners: readonly Person[],
  asked: readonly Person[],
): Promise<void> => {
  const same = (what: string, found: readonly string[], expected: readonly Person[]) =>
    report.require(
      isDeepStrictEqual(found.toSorted(), expected.map(({ username }) => username).toSorted()),
      `${what} are not just those who must be`,
    );
  const detail = await call<{ mentees: string[] }>(service.url, 'GET /api/users/me', mentor);
  same('the mentees on the detail of the mentor', detail.body.mentees, winners);
  const users = (await pagesFrom<Entry[]>(service, mentor, '/api/users')).flat();
  same('the users with a mentor', namesOf(users.filter(({ mentor_username: name }) => name !== null)), winners);

  const list = async (query: string) =>
    (await pagesFrom<Mentorship[]>(service, mentor, `/api/mentorships${query}`)).flat();
  const active = await list('?role=mentor&status=active');
  same('the active mentees', menteesOf(active), winners);
  report.require(
    active.every(({ started_at: start, ended_at: end }) => start !== null && end === null),
    'an active mentorship has not begun, or has ended',
  );
  const open = await list('?role=mentor&status=requested');
  const waiting = asked.filter((mentee) => !winners.includes(mentee));
  same('the mentees with an open request', menteesOf(open), waiting);
  report.require(
    open.every(({ started_at: start, ended_at: end, version }) => start === null && end === null && version === 1),
    'a request that was not accepted has changed',
  );
  const all = await list('');
  same('the mentees of all mentorships', menteesOf(all), [...winners, ...waiting]);
};

type Entry = { username: string; mentor_username: string | null };

const namesOf = (entries: readonly Entry[]) => entries.map(({ username }) => username);
const menteesOf = (mentorships: readonly Mentorship[]) => mentorships.map(({ mentee_username: name }) => name);

/** With it goes all that the mentor has open: the mentees are free for the next round. */
const endAccount = async ({ url }: Service, { token }: Person): Promise<void> => {
  const { status } = await call(url, 'DELETE /api/users/me', { token, body: { current_password: password } });
  if (status !== 204) throw new Error(`The end of an account was answered with ${status}.`);
};
