import { setTimeout as delay } from 'node:timers/promises';
import { logIn, register, type Service, type Tokens } from '../../tests/support/processes/service.ts';
import { showProgress } from '../support/progress.ts';
import { milliseconds, type Report } from '../support/report.ts';
import { askProfile, durationOf, steadily, timed, type Timed } from '../support/requests.ts';
import { throughPort } from '../../tests/support/processes/postgres-server.ts';
import { startPostgres, startServices } from '../support/servers.ts';
import { startStallingProxy, type StallingProxy } from '../support/stalling-proxy.ts';
import { inWords, quantile, tally } from '../support/statistics.ts';

/** The time after a logout at which no process may accept the session any more, in milliseconds. */
const promisedMs = 1000;
/** The length of a stall after the logout, in milliseconds: far longer than a poll may be old. */
const stallMs = 4000;
/** How long requests continue after the stall, and the time until an open session must be accepted, in milliseconds. */
const recoveryMs = 5000;
/** The timeout of a request, in milliseconds. */
const requestTimeoutMs = 5000;
/** The interval between requests in milliseconds, whether or not earlier ones have been answered. */
const intervalMs = 50;

type Setup = { stalling: Service; other: Service; proxy: StallingProxy };
/** undefined after the timeout. */
type Reply = Timed | undefined;
type Outcome = {
  /** Whether both sessions were accepted before the stall. */
  begun: boolean;
  logout: Timed;
  /** The responses of the stalled process for the ended session. */
  ended: Record<Question, Reply[]>;
  /** Its response for an open session. */
  live: Reply;
  /** The time after the stall until it accepts the open session, in milliseconds. */
  recoveredAfter: number;
};

/** The requests to the stalled process. If the second one's token is accepted, its body is refused, without the database. */
const questions = {
  'GET /api/users/me': (service: Service, token: string): Promise<Timed> => askProfile(service, token),
  'PATCH with a wrong body': (service: Service, token: string): Promise<Timed> =>
    timed(service.url, 'PATCH /api/users/me', { token, body: { nonsense: true } }),
};
type Question = keyof typeof questions;
const isAccepted = ({ status }: Timed): boolean => status !== 401 && status !== 503;

/** Repeatedly stalls the connection between one process and PostgreSQL, and ends a session on the other process. */
export const measureStalls = async (report: Report, rounds: number): Promise<void> => {
  await using postgres = await startPostgres();
  await using proxy = await startStallingProxy(postgres.port);
  await using near = await startServices(1, { DATABASE_URL: postgres.url });
  await using far = await startServices(1, { DATABASE_URL: throughPort(postgres.url, proxy.port) });
  const setup = { stalling: far.services[0], other: near.services[0], proxy };
  await register(setup.other.url, 'john');
  const outcomes: Outcome[] = [];
  {
    using progress = showProgress('stalls', rounds);
    for (let round = 0; round < rounds; round++) {
      outcomes.push(await stallOnce(setup, round));
      progress.advance();
    }
  }
  for (const [index, outcome] of outcomes.entries()) {
    report.say(`  stall ${index + 1}, the ended session on the stalled process:`);
    judge(report, outcome);
  }
};

const stallOnce = async ({ stalling, other, proxy }: Setup, round: number): Promise<Outcome> => {
  const [live, ended] = [await logIn(stalling.url, 'john'), await logIn(other.url, 'john')];
  const asked = [live, ended].flatMap(({ access }) => Object.values(questions).map((ask) => ask(stalling, access)));
  const begun = (await Promise.all(asked)).every(isAccepted);
  // A random time between two polls.
  await delay(Math.random() * 400);
  proxy.stall();
  // In some rounds the stall has already lasted for a while.
  await delay((round % 3) * 400);
  const logout = await timed(other.url, 'POST /api/logout', { body: { refresh: ended.refresh }, token: ended.access });

  const resumed = delay(stallMs).then(() => {
    proxy.resume();
    return performance.now();
  });
  const end = resumed.then(() => delay(recoveryMs));
  const repeatRequest = (question: Question) =>
    steadily(intervalMs, () => withTimeout(questions[question](stalling, ended.access)), end);
  const [liveReply, recoveredAfter, reads, writes] = await Promise.all([
    delay(promisedMs).then(() => withTimeout(askProfile(stalling, live.access))),
    resumed.then((from) => timeToRecover(stalling, live, from)),
    repeatRequest('GET /api/users/me'),
    repeatRequest('PATCH with a wrong body'),
  ]);
  const replies = { 'GET /api/users/me': reads, 'PATCH with a wrong body': writes };
  return { begun, logout, ended: replies, live: liveReply, recoveredAfter };
};

/** The response, or undefined after the timeout. */
const withTimeout = (answer: Promise<Timed>): Promise<Reply> =>
  Promise.race([answer, delay(requestTimeoutMs, undefined, { ref: false })]);

const timeToRecover = async (service: Service, { access }: Tokens, from: number): Promise<number> => {
  while (performance.now() < from + recoveryMs) {
    const answer = await withTimeout(askProfile(service, access));
    if (answer?.status === 200) return answer.answeredAt - from;
    await delay(intervalMs);
  }
  return Infinity;
};

const judge = (report: Report, { begun, logout, ended, live, recoveredAfter }: Outcome): void => {
  for (const [question, replies] of Object.entries(ended)) judgeReplies(report, question, replies, logout.answeredAt);
  const answer = live ? `${live.status} after ${milliseconds(durationOf(live))}` : 'no answer';
  report.say(
    `    an open session meanwhile: ${answer}; accepted again ${milliseconds(recoveredAfter)} after the stall`,
  );
  report.require(begun, 'before the stall a new session was rejected');
  report.require(logout.status === 205, `during the stall the other process answered a logout with ${logout.status}`);
  report.require(live?.status === 503, `a live session on the stalled process got ${answer}, not 503`);
  report.require(recoveredAfter <= recoveryMs, `no open session was accepted within ${recoveryMs} ms after the stall`);
};

const judgeReplies = (report: Report, question: string, all: Reply[], loggedOutAt: number): void => {
  const replies = all.filter((reply) => reply !== undefined);
  const durations = replies.map(durationOf);
  const accepted = replies.filter(isAccepted).map(({ answeredAt }) => answeredAt - loggedOutAt);
  report.say(
    `    ${question}: ${inWords(tally(replies.map(({ status }) => status)))}; last accepted ` +
      `${accepted.length === 0 ? 'never' : `${milliseconds(Math.max(...accepted))} after the logout`}; ` +
      `answers took ${milliseconds(quantile(durations, 0.5))} (p50) to ${milliseconds(quantile(durations, 1))} (max)`,
  );
  report.require(replies.length === all.length, `${question}: ${all.length - replies.length} requests got no answer`);
  const late = accepted.filter((after) => after > promisedMs).length;
  report.require(late === 0, `${question}: accepted an ended session ${late} times later than ${promisedMs} ms`);
};
