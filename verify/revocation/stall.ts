import { setTimeout as delay } from 'node:timers/promises';
import { logIn, register, type Service, type Tokens } from '../../tests/support/processes/service.ts';
import { showProgress } from '../support/progress.ts';
import { milliseconds, type Report } from '../support/report.ts';
import { askProfile, durationOf, steadily, timed, type Timed } from '../support/requests.ts';
import { throughPort } from '../../tests/support/processes/postgres-server.ts';
import { startPostgres, startServices } from '../support/servers.ts';
import { startStallingProxy, type StallingProxy } from '../support/stalling-proxy.ts';
import { inWords, quantile, tally } from '../support/statistics.ts';

/** From how long after a logout on no process may let the session in, in milliseconds. */
const promised = 1000;
/** How long the connection stalls after the logout, in milliseconds: far longer than any knowledge may count as fresh. */
const stalledFor = 4000;
/** How long after that the ended session is still asked for, and a live one may take to be let in. */
const recovery = 5000;
/** An answer that takes longer counts as none. */
const longestAnswer = 5000;
/** Requests come one after another so many milliseconds apart, whether answered or not. */
const interval = 50;

type Setup = { stalling: Service; other: Service; proxy: StallingProxy };
/** Undefined when there was none in time. */
type Reply = Timed | undefined;
type Outcome = {
  /** Whether both sessions were let in before the stall. */
  begun: boolean;
  logout: Timed;
  /** What the stalled process answered to the ended session, by question. */
  ended: Record<Question, Reply[]>;
  /** What it answered to a live one. */
  live: Reply;
  /** How long after the stall it let that one in again, in milliseconds. */
  recoveredAfter: number;
};

/** What is asked of the stalled process. The second is refused for its body once the token has been accepted, without the database. */
const questions = {
  'GET /api/users/me': (service: Service, token: string): Promise<Timed> => askProfile(service, token),
  'PATCH with a wrong body': (service: Service, token: string): Promise<Timed> =>
    timed(service.url, 'PATCH /api/users/me', { token, body: { nonsense: true } }),
};
type Question = keyof typeof questions;
const isLetIn = ({ status }: Timed): boolean => status !== 401 && status !== 503;

/** Stalls the connection between one process and PostgreSQL and ends a session on the other; so many times. */
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
  const begun = (await Promise.all(asked)).every(isLetIn);
  // The moment within the wait between two looks at what has ended differs from round to round.
  await delay(Math.random() * 400);
  proxy.stall();
  // Also a stall that has lasted for a while when the session ends.
  await delay((round % 3) * 400);
  const logout = await timed(other.url, 'POST /api/logout', { body: { refresh: ended.refresh }, token: ended.access });

  const resumed = delay(stalledFor).then(() => {
    proxy.resume();
    return performance.now();
  });
  const end = resumed.then(() => delay(recovery));
  const keepAsking = (question: Question) =>
    steadily(interval, () => soon(questions[question](stalling, ended.access)), end);
  const [liveReply, recoveredAfter, reads, writes] = await Promise.all([
    delay(promised).then(() => soon(askProfile(stalling, live.access))),
    resumed.then((from) => timeToRecover(stalling, live, from)),
    keepAsking('GET /api/users/me'),
    keepAsking('PATCH with a wrong body'),
  ]);
  const replies = { 'GET /api/users/me': reads, 'PATCH with a wrong body': writes };
  return { begun, logout, ended: replies, live: liveReply, recoveredAfter };
};

/** The answer, or undefined when none has come in time. */
const soon = (answer: Promise<Timed>): Promise<Reply> =>
  Promise.race([answer, delay(longestAnswer, undefined, { ref: false })]);

const timeToRecover = async (service: Service, { access }: Tokens, from: number): Promise<number> => {
  while (performance.now() < from + recovery) {
    const answer = await soon(askProfile(service, access));
    if (answer?.status === 200) return answer.answeredAt - from;
    await delay(interval);
  }
  return Infinity;
};

const judge = (report: Report, { begun, logout, ended, live, recoveredAfter }: Outcome): void => {
  for (const [question, replies] of Object.entries(ended)) judgeReplies(report, question, replies, logout.answeredAt);
  const answer = live ? `${live.status} after ${milliseconds(durationOf(live))}` : 'no answer';
  report.say(`    a live session meanwhile: ${answer}; let in again ${milliseconds(recoveredAfter)} after the stall`);
  report.require(begun, 'before the stall a new session was refused');
  report.require(logout.status === 205, `during the stall the other process answered a logout with ${logout.status}`);
  report.require(live?.status === 503, `a live session on the stalled process got ${answer}, not 503`);
  report.require(recoveredAfter <= recovery, `no live session was let in within ${recovery} ms after the stall`);
};

const judgeReplies = (report: Report, question: string, all: Reply[], loggedOutAt: number): void => {
  const replies = all.filter((reply) => reply !== undefined);
  const durations = replies.map(durationOf);
  const letIn = replies.filter(isLetIn).map(({ answeredAt }) => answeredAt - loggedOutAt);
  report.say(
    `    ${question}: ${inWords(tally(replies.map(({ status }) => status)))}; last let in ` +
      `${letIn.length === 0 ? 'never' : `${milliseconds(Math.max(...letIn))} after the logout`}; ` +
      `answers took ${milliseconds(quantile(durations, 0.5))} (p50) to ${milliseconds(quantile(durations, 1))} (max)`,
  );
  report.require(replies.length === all.length, `${question}: ${all.length - replies.length} requests got no answer`);
  const late = letIn.filter((after) => after > promised).length;
  report.require(late === 0, `${question}: let an ended session in ${late} times later than ${promised} ms`);
};
