import { createDatabase, register, startService } from '../../tests/support/processes/service.ts';
import { readCount, readFlags } from '../support/command-line.ts';
import { failedLogins, type Kinds, logsIn } from './failed-logins.ts';
import { bringPbkdf2Hashes } from './pbkdf2-hashes.ts';
import { milliseconds, percent, type Report, runReported } from '../support/report.ts';
import { inParallel } from '../support/requests.ts';
import { median, quantile, spread } from '../support/statistics.ts';

const help = `
Whether the time of a failed login tells that a name is known.

  pnpm verify:login-timing [--logins 200] [--names 20] [--iterations 600000]

On one process with SQLite, and the budgets for failed logins off, it times failed logins one after another: with unknown
names, with known names and a wrong password, and with known names whose hash is an older PBKDF2 one (as Django writes
it, put into the database). The kinds take turns, in another random order each time, so that whatever else the machine does
meets all alike. First without any PBKDF2 hash in the database, then with some.

It fails when the largest median exceeds the smallest by more than 5 %, when a failed login is not a 401, or when the
service does not know PBKDF2 hashes (the right password does not log in), as nothing would be measured then.

  --logins      failed logins of each kind
  --names       names of each known kind, among which the logins choose in turn
  --iterations  of the PBKDF2 hashes

It takes up to five minutes. The exit code is 0 when all of it held, 1 when something did not.
`;

const flags = readFlags(help, { logins: '200', names: '20', iterations: '600000' });
const logins = readCount('logins', flags.logins);
const names = readCount('names', flags.names);
const iterations = readCount('iterations', flags.iterations);

const largestSpread = 0.05;

const named = (kind: string): string[] => Array.from({ length: names }, (_, index) => `${kind}-${index}`);
const newer: Kinds = { 'unknown name': named('nobody'), 'known name': named('known') };
const all: Kinds = { ...newer, 'known name, PBKDF2 hash': named('older') };
/** Logs in rightly once: the service may then make its hash anew, which is why no failed login is timed with it. */
const canary = 'older-canary';

const measure = async (report: Report, url: string, kinds: Kinds): Promise<void> => {
  const times = await failedLogins(report, url, kinds, logins);
  report.table(
    [`failed logins (${logins} each)`, 'lower quartile', 'median', 'upper quartile'],
    Object.entries(times).map(([kind, durations]) => [
      kind,
      ...[0.25, 0.5, 0.75].map((share) => milliseconds(quantile(durations, share))),
    ]),
  );
  const difference = spread(Object.values(times).map(median));
  report.say(`  the largest median exceeds the smallest by ${percent(difference)}`);
  report.require(
    difference <= largestSpread,
    `the medians of failed logins differ by ${percent(difference)}, more than ${percent(largestSpread)}`,
  );
};

await runReported(async (report) => {
  await using database = await createDatabase('sqlite');
  const off = { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' };
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'error', ...off };
  const older = [...named('older'), canary];

  report.say('Without any PBKDF2 hash in the database');
  await using before = await startService(settings);
  const known = [...named('known'), ...older];
  await inParallel(known.length, 4, async (index) => void (await register(before.url, known[index] ?? '')));
  await measure(report, before.url, newer);
  await before.stop();

  report.say(`\nWith ${names} PBKDF2 hashes of ${iterations} iterations in the database`);
  bringPbkdf2Hashes(database.url, older, iterations);
  await using after = await startService(settings);
  await measure(report, after.url, all);
  report.require(await logsIn(after.url, canary), 'the right password of a PBKDF2 hash does not log in');
});
