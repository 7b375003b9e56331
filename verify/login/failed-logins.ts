import { call, password } from '../../tests/support/processes/service.ts';
import { showProgress } from '../support/progress.ts';
import type { Report } from '../support/report.ts';
import { durationOf, timed } from '../support/requests.ts';

/** The usernames of each case. */
export type Cases = Record<string, string[]>;

/** Measures failed logins one after another, in milliseconds, with the cases in a random order in each round. */
export const failedLogins = async (
  report: Report,
  url: string,
  cases: Cases,
  logins: number,
): Promise<Record<string, number[]>> => {
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, [] as number[]]));
  using progress = showProgress('failed logins', logins * Object.keys(cases).length);
  for (let round = -warmUpRounds; round < logins; round++) {
    for (const [name, names] of shuffled(Object.entries(cases))) {
      const username = names[(round + warmUpRounds) % names.length];
      const answer = await timed(url, 'POST /api/login', { body: { username, password: `${password}!` } });
      report.require(answer.status === 401, `a failed login (${name}) got ${answer.status}`);
      if (round < 0) continue;
      times[name]?.push(durationOf(answer));
      progress.advance();
    }
  }
  return times;
};

/** Rounds that are not measured: the first requests compile code and open connections. */
const warmUpRounds = 5;

export const logsIn = async (url: string, username: string): Promise<boolean> =>
  (await call(url, 'POST /api/login', { body: { username, password } })).status === 200;

const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
