import { isDeepStrictEqual } from 'node:util';
import { call, logIn, password, register, type Service } from '../../tests/support/processes/service.ts';
import { capacity, type Rush } from './rushes.ts';
import { choose, inShort, sendWithRetries, type Mentorship, pagesFrom } from '../support/mentoring.ts';
import type { Person } from '../support/people.ts';
import type { Report } from '../support/report.ts';
import type { Services } from '../support/servers.ts';

/** The outcomes of the attempts, the number of retries after a 503, and the duration in milliseconds. */
export type Round = { outcomes: string[]; repeated: number; duration: number };

let mentors = 0;

/** Sends all attempts for a new mentor at once, spread over the processes, and checks the state afterwards. */
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
    report.require(['200', rush.refusal].includes(outcome), `${rush.title}: an attempt got ${outcome}`);
  const winners = attempts.filter((_, index) => outcomes[index] === '200').map(({ mentee }) => mentee);
  const expected = Math.min(rush.succeed, attempts.length);
  report.require(winners.length === expected, `${rush.title}: not exactly ${expected} succeeded`);
  for (const service of services) await checkState(report, service, mentor, winners, asked);
  await endAccount(first, mentor);
  return { outcomes, repeated, duration };
};

const newMentor = async (service: Service, { policy }: Rush): Promise<Person> => {
  const username = `mentor-${(mentors += 1)}`;
  const { id } = (await register(service.url, username)).body;
  const mentor = { id, username, token: (await logIn(service.url, username)).access };
  const { status } = await choose(service, mentor, { mentor_policy: policy, mentor_capacity: capacity });
  if (status !== 200) throw new Error(`Changing a mentor profile got ${status}.`);
  return mentor;
};

/** Requires that exactly the winners are mentees, in every view, and that nothing else has changed. */
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
      `${what} are not exactly the expected ones`,
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
    'an active mentorship has no start, or has an end',
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

/** Deletes the mentor's account with all mentorships, which frees the mentees for the next round. */
const endAccount = async ({ url }: Service, { token }: Person): Promise<void> => {
  const { status } = await call(url, 'DELETE /api/users/me', { token, body: { current_password: password } });
  if (status !== 204) throw new Error(`Deleting an account got ${status}.`);
};
