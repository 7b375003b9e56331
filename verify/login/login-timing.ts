import { createDatabase, register, startService } from '../../tests/support/processes/service.ts';
import { readCount, readFlags } from '../support/command-line.ts';
import { failedLogins, type Cases, logsIn } from './failed-logins.ts';
import { insertPbkdf2Hashes } from './pbkdf2-hashes.ts';
import { milliseconds, percent, type Report, runReported } from '../support/report.ts';
import { inParallel } from '../support/requests.ts';
import { median, quantile, spread } from '../support/statistics.ts';

const help = `
Checks that the duration of a failed login does not reveal whether an account exists.

  npx -y pnpm@12 verify:login-timing [--logins 200] [--names 20] [--iterations 600000]

On one process with SQLite and without login limits, it measures failed logins one after another: unknown names, known names
with a wrong password, and known names with an older PBKDF2 hash (as Django writes it, inserted into the database). Each
round has a new random order of the cases, so other load on the machine affects all of them. It first runs without any
PBKDF2 hash in the database, then with some.

It fails if the largest median exceeds the smallest by more than 5 %, if a failed login is not a 401, or if the service does
not accept PBKDF2 hashes (the right password fails), because then nothing would be measured.

  --logins      failed logins of each case
  --names       usernames of each case
  --iterations  the iterations of the PBKDF2 hashes

Takes up to five minutes. The exit code is 0 if everything held, otherwise 1.
`;

const flags = readFlags(help, { logins: '200', names: '20', iterations: '600000' });
const logins = readCount('logins', flags.logins);
const names = readCount('names', flags.names);
const iterations = readCount('iterations', flags.iterations);

const maxSpread = 0.05;

const named = (name: string): string[] => Array.from({ length: names }, (_, index) => `${name}-${index}`);
const newer: Cases = { 'unknown name': named('unknown'), 'known name': named('known') };
const all: Cases = { ...newer, 'known name, PBKDF2 hash': named('older') };
/** Logs in successfully once. The service then replaces its hash, so no failed login uses this name. */
const canary = 'older-canary';

const measure = async (report: Report, url: string, cases: Cases): Promise<void> => {
  const times = await failedLogins(report, url, cases, logins);
  report.table(
    [`failed logins (${logins} each)`, 'lower quartile', 'median', 'upper quartile'],
    Object.entries(times).map(([name, durations]) => [
      name,
      ...[0.25, 0.5, 0.75].map((fraction) => milliseconds(quantile(durations, fraction))),
    ]),
  );
  const difference = spread(Object.values(times).map(median));
  report.say(`  the largest median exceeds the smallest by ${percent(difference)}`);
  report.require(
    difference <= maxSpread,
    `the medians of failed logins differ by ${percent(difference)}, more than ${percent(maxSpread)}`,
  );
};

await runReported(async (report) => {
  await using database = await createDatabase('sqlite');
  const off = {
    REGISTRATION_BUDGET: 'off',
    LOGIN_BUDGET: 'off',
    LOGIN_BUDGET_PER_ADDRESS: 'off',
    LOGIN_BUDGET_PER_ACCOUNT: 'off',
  };
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'error', ...off };
  const older = [...named('older'), canary];

  report.say('Without any PBKDF2 hash in the database');
  await using before = await startService(settings);
  const known = [...named('known'), ...older];
  await inParallel(known.length, 4, async (index) => void (await register(before.url, known[index] ?? '')));
  await measure(report, before.url, newer);
  await before.stop();

  report.say(`\nWith ${names} PBKDF2 hashes of ${iterations} iterations in the database`);
  insertPbkdf2Hashes(database.url, older, iterations);
  await using after = await startService(settings);
  await measure(report, after.url, all);
  report.require(await logsIn(after.url, canary), 'the right password of a PBKDF2 hash does not log in');
});
