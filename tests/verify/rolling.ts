import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { hasNginx, howToGetNginx, startNginx } from '../support/nginx.ts';
import { register } from '../support/service.ts';
import { readChoices, readCount, readFlags } from './command-line.ts';
import { showProgress } from './progress.ts';
import { CannotRun, milliseconds, type Report, runReported } from './report.ts';
import { type Acknowledged, rollingClient, type Sent } from './rolling-client.ts';
import { type Restart, startInstances } from './rolling-instances.ts';
import { startPostgres } from './servers.ts';
import { inWords, median, quantile, tally } from './statistics.ts';

const help = `
Whether a request is lost while instances are restarted one after another, under load.

  pnpm verify:rolling [--rounds 3] [--clients 12] [--grace 5s] [--signal SIGTERM]

Three instances on one PostgreSQL, behind a real nginx with deploy/nginx.conf (apt-get install nginx). Clients log in, read,
refresh, write, ask for mentorships and cancel, register, and log out, half of them on connections that they keep alive, half on a
fresh one each time; none of them sends anything again. Meanwhile each instance is told to stop, ends, is started anew and becomes
ready, then the next.

It fails when a request gets another answer than it should (a broken connection is one), an instance does not end with
0, or something that was acknowledged is not in the database afterwards.

  --rounds   how often each of the three is restarted
  --clients  how many at once; where there are too many for the machine, the service itself answers some with 503
  --grace    SHUTDOWN_GRACE of the instances
  --signal   how they are stopped: SIGTERM, SIGINT (which skips the grace), or SIGKILL, to see it fail

It takes about seven seconds a restart. The exit code is 0 when all of it held, 1 when something did not.
`;

const flags = readFlags(help, { rounds: '3', clients: '12', grace: '5s', signal: 'SIGTERM' });
const rounds = readCount('rounds', flags.rounds);
const count = readCount('clients', flags.clients);
const [signal] = readChoices('signal', flags.signal, ['SIGTERM', 'SIGINT', 'SIGKILL']);
const instanceCount = 3;

const judgeRequests = (report: Report, sent: readonly Sent[]): void => {
  const row = (name: string, some: readonly Sent[]) => {
    const took = some.map((each) => each.took);
    const failed = some.filter(({ expected }) => !expected).length;
    return [
      name,
      some.length,
      failed,
      milliseconds(median(took)),
      milliseconds(quantile(took, 0.99)),
      milliseconds(Math.max(...took)),
    ];
  };
  const kinds = [...Map.groupBy(sent, ({ kind }) => kind)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const connections = [...Map.groupBy(sent, ({ connection }) => connection)];
  report.table(
    ['', 'requests', 'failed', 'p50', 'p99', 'longest wait'],
    [
      ...kinds.map(([kind, some]) => row(kind, some)),
      ...connections.map(([connection, some]) => row(`over ${connection} connections`, some)),
      row('all', sent),
    ],
  );
  const failed = sent.filter(({ expected }) => !expected);
  const outcomes = inWords(tally(failed.map(({ kind, outcome }) => `${kind}: ${outcome}`)));
  report.require(failed.length === 0, `${failed.length} requests failed: ${outcomes}`);
};

const judgeRestarts = (report: Report, restarts: readonly Restart[]): void => {
  report.table(
    ['restart of', 'times', 'until it had ended', 'longest', 'until it was ready again', 'longest'],
    [...Map.groupBy(restarts, ({ instance }) => instance)].map(([instance, some]) => {
      const [stops, starts] = [some.map(({ stopTook }) => stopTook), some.map(({ startTook }) => startTook)];
      return [
        `api-${instance + 1}`,
        some.length,
        ...[stops, starts].flatMap((took) => [milliseconds(median(took)), milliseconds(Math.max(...took))]),
      ];
    }),
  );
  for (const { instance, code } of restarts) report.require(code === 0, `api-${instance + 1} ended with ${code}`);
};

/** Everything that was acknowledged is there, and nothing was done twice. */
const judgeWrites = async (report: Report, databaseUrl: string, all: readonly Acknowledged[]): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows: users } = await client.query<{ username: string; phone: string }>('select username, phone from users');
  const { rows: cancelled } = await client.query<{ id: string }>(
    `select id from mentorships where status = 'cancelled'`,
  );
  const { rows: open } = await client.query(`select id from mentorships where status = 'requested'`);
  await client.end();
  const phones = new Map(users.map(({ username, phone }) => [username, phone]));
  const ids = new Set(cancelled.map(({ id }) => Number(id)));
  const missing = {
    phones: all.filter(({ username, phone }) => phone !== '' && phones.get(username) !== phone).length,
    registrations: all.flatMap(({ registered }) => registered).filter((name) => !phones.has(name)).length,
    cancellations: all.flatMap((each) => each.cancelled).filter((id) => !ids.has(id)).length,
  };
  const [registered, asked] = [
    all.flatMap((each) => each.registered).length,
    all.flatMap((each) => each.cancelled).length,
  ];
  report.say(
    `  acknowledged and looked for: ${registered} registrations, ${asked} cancelled requests, ${all.length} phones`,
  );
  for (const [what, lost] of Object.entries(missing))
    report.require(lost === 0, `${lost} acknowledged ${what} are lost`);
  report.require(open.length === 0, `${open.length} requests were made that nobody was told of`);
};

await runReported(async (report) => {
  if (!hasNginx()) throw new CannotRun(howToGetNginx);
  await using postgres = await startPostgres();
  await using instances = await startInstances(instanceCount, {
    DATABASE_URL: postgres.url,
    TRUST_PROXY: 'loopback',
    SHUTDOWN_GRACE: flags.grace,
  });
  await using nginx = await startNginx(instances.urls);
  const sent: Sent[] = [];
  const clients = Array.from({ length: count }, (_, at) =>
    rollingClient(nginx.url, {
      username: `client-${at}`,
      mentor: 'mentor',
      keepAlive: at % 2 === 0,
      note: (each) => sent.push(each),
    }),
  );
  for (const name of ['mentor', ...clients.map(({ acknowledged }) => acknowledged.username)])
    if ((await register(nginx.url, name)).status !== 201) throw new Error(`${name} could not register.`);

  const over = new AbortController();
  const running = Promise.all(clients.map(({ run }) => run(over.signal)));
  const restarts: Restart[] = [];
  {
    using progress = showProgress('restarts', rounds * instanceCount);
    await delay(1000);
    while (restarts.length < rounds * instanceCount) {
      restarts.push(await instances.restart(restarts.length % instanceCount, signal));
      progress.advance();
    }
    await delay(1000);
  }
  over.abort();
  await running;

  report.say(
    `\n${count} clients, three instances behind nginx, each restarted ${rounds} times, SHUTDOWN_GRACE=${flags.grace}`,
  );
  judgeRequests(report, sent);
  judgeRestarts(report, restarts);
  const asked = nginx.asked();
  const again = asked.filter((some) => some.length > 1).length;
  report.say(`  nginx asked a second instance ${again} times, because the first took no connection`);
  await judgeWrites(
    report,
    postgres.url,
    clients.map(({ acknowledged }) => acknowledged),
  );
});
