import { call, password } from '../../tests/support/processes/service.ts';
import { showProgress } from '../support/progress.ts';
import type { Report } from '../support/report.ts';
import { durationOf, timed } from '../support/requests.ts';

/** Names of each kind. */
export type Kinds = Record<string, string[]>;

/** How long failed logins took, in milliseconds: so many of each kind, one after another, the kinds in a random order each time. */
export const failedLogins = async (
  report: Report,
  url: string,
  kinds: Kinds,
  logins: number,
): Promise<Record<string, number[]>> => {
  const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, [] as number[]]));
  using progress = showProgress('failed logins', logins * Object.keys(kinds).length);
  for (let round = -warmUp; round < logins; round++) {
    for (const [kind, names] of shuffled(Object.entries(kinds))) {
      const username = names[(round + warmUp) % names.length];
      const answer = await timed(url, 'POST /api/login', { body: { username, password: `${password}!` } });
      report.require(answer.status === 401, `a failed login (${kind}) was answered with ${answer.status}`);
      if (round < 0) continue;
      times[kind]?.push(durationOf(answer));
      progress.advance();
    }
  }
  return times;
};

/** Rounds that are not timed: the first requests compile and open what the others find. */
const warmUp = 5;

export const logsIn = async (url: string, username: string): Promise<boolean> =>
  (await call(url, 'POST /api/login', { body: { username, password } })).status === 200;

const shuffled = <Item>(items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
