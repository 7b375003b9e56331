import { setTimeout as delay } from 'node:timers/promises';
import { logIn, register, type Service } from '../../tests/support/processes/service.ts';
import { showProgress, showWait } from '../support/progress.ts';
import { type Report, milliseconds } from '../support/report.ts';
import { askProfile, pick, timed } from '../support/requests.ts';
import type { Services } from '../support/servers.ts';
import { inWords, quantile, tally } from '../support/statistics.ts';

/** The promise: this long after the response to a logout, every other process rejects the session. */
const promisedMs = 1000;
/** The time to wait for a rejection, in milliseconds. */
const rejectionTimeoutMs = 5000;
/** Longer than the poll interval, so that logouts happen at any time between two polls. */
const maxPauseMs = 400;

type Found = { fromRequest: number[]; fromAnswer: number[]; ended: string[] };

/** Repeatedly logs in, checks that every process accepts the session, logs out, and polls the others until they reject it. */
export const measureDelays = async (report: Report, services: Services, rounds: number): Promise<void> => {
  for (const user of users) await register(services[0].url, user);
  const found: Found = { fromRequest: [], fromAnswer: [], ended: [] };
  {
    using progress = showProgress('logouts', rounds);
    for (let round = 0; round < rounds; round++) {
      await logOutOnce(report, services, users[round % users.length] ?? '', found);
      progress.advance();
    }
  }
  await askAgain(report, services, found.ended);
  summarize(report, found);
};

const users = ['ann', 'ben', 'cleo', 'dan'];

const logOutOnce = async (report: Report, services: Services, user: string, found: Found): Promise<void> => {
  const { access, refresh } = await logIn(pick(services).url, user);
  const before = await Promise.all(services.map((service) => askProfile(service, access)));
  report.require(
    before.every(({ status }) => status === 200),
    `a new access token got ${inWords(tally(before.map(({ status }) => status)))}, not 200 everywhere`,
  );
  await delay(Math.random() * maxPauseMs);

  const ending = pick(services);
  const refusals = services.filter((service) => service !== ending).map((other) => firstRefusal(report, other, access));
  const logout = await timed(ending.url, 'POST /api/logout', { body: { refresh }, token: access });
  const next = await askProfile(ending, access);
  report.require(logout.status === 205, `a logout got ${logout.status}`);
  report.require(next.status === 401, `after the answer to a logout the same process answered ${next.status}, not 401`);
  for (const refusedAt of await Promise.all(refusals)) {
    found.fromRequest.push(refusedAt - logout.sentAt);
    // A process may reject the token before the response to the logout arrives.
    found.fromAnswer.push(Math.max(0, refusedAt - logout.answeredAt));
  }
  await requireRefused(report, services, access, 'right after every process had refused it');
  found.ended.push(access);
};

/** The time of the first rejection; Infinity without one. */
const firstRefusal = async (report: Report, service: Service, token: string): Promise<number> => {
  const deadline = performance.now() + rejectionTimeoutMs;
  for (;;) {
    const { status, answeredAt } = await askProfile(service, token);
    if (status === 401) return answeredAt;
    report.require(status === 200, `while a logout spread, a process answered ${status}, neither 200 nor 401`);
    if (answeredAt > deadline) return Infinity;
    await delay(5);
  }
};

const requireRefused = async (report: Report, services: Services, token: string, when: string): Promise<void> => {
  const answers = await Promise.all(services.map((service) => askProfile(service, token)));
  const statuses = answers.map(({ status }) => status).filter((status) => status !== 401);
  report.require(statuses.length === 0, `an ended access token got ${statuses.join(', ')} ${when}`);
};

const askAgain = async (report: Report, services: Services, ended: readonly string[]): Promise<void> => {
  // By then, every background poll has run again.
  await showWait('before all ended tokens are checked again', 3000);
  for (const token of ended) await requireRefused(report, services, token, 'at the end of the run');
};

const summarize = (report: Report, { fromRequest, fromAnswer, ended }: Found): void => {
  const row = (name: string, values: number[]) => [
    name,
    ...[0.5, 0.99, 1].map((fraction) => milliseconds(quantile(values, fraction))),
  ];
  report.table(
    [`until another process refuses (${fromAnswer.length})`, 'p50', 'p99', 'max'],
    [row('from the answer to the logout', fromAnswer), row('from its request', fromRequest)],
  );
  report.say(`  ${ended.length} ended access tokens checked again on every process at the end`);
  const longest = Math.max(...fromAnswer);
  report.require(
    longest <= promisedMs,
    `an ended access token was accepted for ${milliseconds(longest)} after the response to the logout, more than the promised ${promisedMs} ms`,
  );
};
