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
Checks how one process handles very many logins at once.

  npx -y pnpm@12 verify:login-flood [--logins 500] [--users 200] [--seconds 5]

Registers users on SQLite, restarts the service, and reads a profile every 10 ms: first for some seconds without other
load, then while all logins are sent at once, each on its own connection. Of five logins, two have the right password, two
a wrong one, and one an unknown name. Runs twice: with the login limits off, and with the default limits.

It fails if a login gets anything but 200, 401, 429 and 503; a 503 or 429 has no Retry-After; with the limits off, the queue
refuses none of 384 logins or more; a connection breaks; a profile request fails; peak resident memory (VmHWM) grows by more
than one hash (19 MiB) for each thread of the pool and 80 MiB for everything else; or, with the limits off, a login after
the flood fails.

  --logins   logins at once
  --users    registered users
  --seconds  the duration without a flood

Needs Linux (/proc) and takes about a minute. The exit code is 0 if everything held, otherwise 1.
`;

const flags = readFlags(help, { logins: '500', users: '200', seconds: '5' });
const logins = readCount('logins', flags.logins);
const users = readCount('users', flags.users);
const seconds = readCount('seconds', flags.seconds);

/** Each thread keeps the memory of one hash; waiting requests need some too. */
const largestGrowth = ((availableParallelism() + 4) * 19 + 80) * 2 ** 20;
const expected = ['200', '401', '429', '503'];

const budgets = {
  off: { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' },
  default: {},
};

const runOnce = async (report: Report, budget: keyof typeof budgets): Promise<void> => {
  // A new database each time: failures are counted even without a limit.
  await using database = await createDatabase('sqlite');
  await prepareUsers(database.url, users);
  report.say(`\n${logins} logins at once, budgets ${budget}`);
  // A new process: its memory does not include the hashes of the registrations.
  await using started = await startServices(1, { DATABASE_URL: database.url, HASH_QUEUE: '256', ...budgets[budget] });
  const service: Service = started.services[0];
  const memory = memoryPeakOf(service.pid);
  const flood = await floodWithLogins(service, { logins, users, seconds, memory });
  judgeLogins(report, budget, flood);
  judgeProfiles(report, flood);
  judgeMemory(report, flood.before, flood.after);
  report.say(`  a login after the flood: ${flood.loginAfterwards}`);
  const allowed = budget === 'off' ? [200] : [200, 429];
  report.require(allowed.includes(flood.loginAfterwards), `a login after the flood got ${flood.loginAfterwards}`);
};

const judgeLogins = (report: Report, budget: string, { logins: answers, duration }: Flood): void => {
  const statuses = tally(answers.map(({ status }) => status));
  report.say(`  responses to logins: ${inWords(statuses)}`);
  const unexpected = [...statuses.keys()].filter((status) => !expected.includes(status));
  report.require(unexpected.length === 0, `logins got ${unexpected.join(', ')}`);
  const room = 256 + availableParallelism();
  report.require(
    budget !== 'off' || answers.length < 1.5 * room || (statuses.get('503') ?? 0) > 0,
    'no login was refused: the queue is unbounded',
  );
  const withoutRetryAfter = answers.filter(
    ({ status, retryAfter }) => [429, 503].includes(Number(status)) && !retryAfter,
  );
  report.require(withoutRetryAfter.length === 0, `${withoutRetryAfter.length} responses 429 or 503 had no Retry-After`);
  const checked = (statuses.get('200') ?? 0) + (statuses.get('401') ?? 0);
  report.say(
    `  all answered after ${(duration / 1000).toFixed(1)} s; ${(checked / (duration / 1000)).toFixed(0)} password ` +
      `checks a second`,
  );
};

const judgeProfiles = (report: Report, { idle, during }: Flood): void => {
  const arrived = (during[0]?.sentAt ?? 0) + 1000;
  const later = during.filter(({ sentAt }) => sentAt > arrived);
  const row = (name: string, fraction: number, flooded: Timed[]) => {
    const [calm, busy] = [idle, flooded].map((replies) => quantile(replies.map(durationOf), fraction)) as [
      number,
      number,
    ];
    return [name, milliseconds(calm), milliseconds(busy), `× ${(busy / calm).toFixed(1)}`];
  };
  report.table(
    ['GET /api/users/me', `idle (${idle.length})`, `during the flood (${during.length})`, 'ratio'],
    [row('p50', 0.5, during), row('p99', 0.99, during), row('p99 after its first second', 0.99, later)],
  );
  const statuses = tally([...idle, ...during].map(({ status }) => status));
  report.require([...statuses.keys()].join() === '200', `profile requests got ${inWords(statuses)}`);
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
