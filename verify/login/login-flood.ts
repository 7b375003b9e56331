import { availableParallelism } from 'node:os';
import { createDatabase, type Service } from '../../tests/support/processes/service.ts';
import { readCount, readFlags } from '../support/command-line.ts';
import { floodWithLogins, prepareUsers, type Flood } from './flooding.ts';
import { type MemoryPeak, memoryPeakOf, requireMemoryFigures } from '../support/memory-peak.ts';
import { mebibytes, milliseconds, type Report, runReported } from '../support/report.ts';
import { durationOf, type Timed } from '../support/requests.ts';
import { startServices } from '../support/servers.ts';
import { inWords, quantile, tally } from '../support/statistics.ts';

const help = `
What one process does when very many log in at once.

  pnpm verify:login-flood [--logins 500] [--users 200] [--seconds 5]

It registers users on SQLite, starts the service anew, and asks for one's own profile every 10 ms: first for some seconds
with nothing else going on, then while all the logins are sent at once, each on a connection of its own. Two in five of
them have the right password, two a wrong one, one a name that nobody has. This is done twice: with the budgets for
failed logins off, and with the default ones.

It fails when a login is answered with anything but 200, 401, 429 and 503, a 503 or 429 without Retry-After,
with the budgets off nobody of 384 or more is turned away by the queue, a connection
breaks, a profile request is not answered with 200, the peak of the resident memory (VmHWM) grows by more than a hash (19 MiB) for each thread of the pool and 80 MiB for all
else,
or, with the budgets off, a login after the flood is not let in.

  --logins   logins at once
  --users    registered users among which they choose
  --seconds  how long to ask without a flood

It needs Linux (/proc) and takes about a minute. The exit code is 0 when all of it held, 1 when something did not.
`;

const flags = readFlags(help, { logins: '500', users: '200', seconds: '5' });
const logins = readCount('logins', flags.logins);
const users = readCount('users', flags.users);
const seconds = readCount('seconds', flags.seconds);

/** A thread keeps what one hash needed; the requests that wait need some too. */
const largestGrowth = ((availableParallelism() + 4) * 19 + 80) * 2 ** 20;
const expected = ['200', '401', '429', '503'];

const budgets = {
  off: { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' },
  'as by default': {},
};

const runOnce = async (report: Report, budget: keyof typeof budgets): Promise<void> => {
  // One for each: failures are counted also where there is no budget for them.
  await using database = await createDatabase('sqlite');
  await prepareUsers(database.url, users);
  report.say(`\n${logins} logins at once, budgets ${budget}`);
  // Started anew: the hashes of the registrations are no part of this process' memory.
  await using started = await startServices(1, { DATABASE_URL: database.url, HASH_QUEUE: '256', ...budgets[budget] });
  const service: Service = started.services[0];
  const memory = memoryPeakOf(service.pid);
  const flood = await floodWithLogins(service, { logins, users, seconds, memory });
  judgeLogins(report, budget, flood);
  judgeProfiles(report, flood);
  judgeMemory(report, flood.before, flood.after);
  report.say(`  a login after the flood: ${flood.loginAfterwards}`);
  const letIn = budget === 'off' ? [200] : [200, 429];
  report.require(letIn.includes(flood.loginAfterwards), `a login after the flood got ${flood.loginAfterwards}`);
};

const judgeLogins = (report: Report, budget: string, { logins: answers, duration }: Flood): void => {
  const statuses = tally(answers.map(({ status }) => status));
  report.say(`  answers to logins: ${inWords(statuses)}`);
  const odd = [...statuses.keys()].filter((status) => !expected.includes(status));
  report.require(odd.length === 0, `logins were answered with ${odd.join(', ')}`);
  const room = 256 + availableParallelism();
  report.require(
    budget !== 'off' || answers.length < 1.5 * room || (statuses.get('503') ?? 0) > 0,
    'nobody was turned away: the queue has no end',
  );
  const hasty = answers.filter(({ status, retryAfter }) => [429, 503].includes(Number(status)) && !retryAfter);
  report.require(hasty.length === 0, `${hasty.length} answers 429 or 503 had no Retry-After`);
  const checked = (statuses.get('200') ?? 0) + (statuses.get('401') ?? 0);
  report.say(
    `  all answered after ${(duration / 1000).toFixed(1)} s; ${(checked / (duration / 1000)).toFixed(0)} logins with ` +
      `a password checked a second`,
  );
};

const judgeProfiles = (report: Report, { idle, during }: Flood): void => {
  const arrived = (during[0]?.sentAt ?? 0) + 1000;
  const later = during.filter(({ sentAt }) => sentAt > arrived);
  const row = (name: string, share: number, flooded: Timed[]) => {
    const [calm, busy] = [idle, flooded].map((replies) => quantile(replies.map(durationOf), share)) as [number, number];
    return [name, milliseconds(calm), milliseconds(busy), `× ${(busy / calm).toFixed(1)}`];
  };
  report.table(
    ['GET /api/users/me', `idle (${idle.length})`, `during the flood (${during.length})`, 'ratio'],
    [row('p50', 0.5, during), row('p99', 0.99, during), row('p99 after its first second', 0.99, later)],
  );
  const statuses = tally([...idle, ...during].map(({ status }) => status));
  report.require([...statuses.keys()].join() === '200', `profile requests were answered with ${inWords(statuses)}`);
};

const judgeMemory = (report: Report, before: MemoryPeak, after: MemoryPeak): void => {
  const growth = after.peak - before.peak;
  report.say(
    `  resident memory: peak ${mebibytes(before.peak)} before, ${mebibytes(after.peak)} after the flood ` +
      `(+${mebibytes(growth)}); now ${mebibytes(after.now)}`,
  );
  report.require(
    growth <= largestGrowth,
    `the peak grew by ${mebibytes(growth)}, more than ${mebibytes(largestGrowth)}`,
  );
};

await runReported(async (report) => {
  requireMemoryFigures();
  for (const budget of Object.keys(budgets) as (keyof typeof budgets)[]) await runOnce(report, budget);
});
