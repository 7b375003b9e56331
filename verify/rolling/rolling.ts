import { setTimeout as delay } from 'node:timers/promises';
import { hasNginx, howToGetNginx, startNginx } from '../../tests/support/processes/nginx.ts';
import { register } from '../../tests/support/processes/service.ts';
import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { showProgress } from '../support/progress.ts';
import { CannotRun, runReported } from '../support/report.ts';
import { rollingClient, type Sent } from './client.ts';
import { type Restart, startInstances } from './instances.ts';
import { judgeRequests, judgeRestarts, judgeWrites } from './judges.ts';
import { startPostgres } from '../support/servers.ts';

const help = `
Checks that no request is lost while instances restart one after another, under load.

  npx -y pnpm@12 verify:rolling [--rounds 3] [--clients 8] [--grace 5s] [--workers 1] [--signal SIGTERM]

Three instances on one PostgreSQL, behind a real nginx with deploy/nginx.conf (apt-get install nginx). Clients log in, read,
refresh, write, request mentorships and cancel the requests, register, and log out. Half of them keep connections alive, half
use a new connection each time; none retries. Meanwhile the instances are stopped and started again one by one.

It fails if a request gets an unexpected response (a broken connection is one), an instance does not exit with 0, or an
acknowledged write is not in the database afterwards.

  --rounds   restarts of each instance
  --clients  concurrent clients; if they are more than the machine can serve, the service answers 503
  --grace    SHUTDOWN_GRACE of the instances
  --workers  WORKERS of the instances
  --signal   the signal that stops them: SIGTERM, SIGINT (skips the grace), or SIGKILL, to see it fail

Takes about seven seconds for each restart. The exit code is 0 if everything held, otherwise 1.
`;

const flags = readFlags(help, { rounds: '3', clients: '8', grace: '5s', workers: '1', signal: 'SIGTERM' });
const rounds = readCount('rounds', flags.rounds);
const count = readCount('clients', flags.clients);
const [signal] = readChoices('signal', flags.signal, ['SIGTERM', 'SIGINT', 'SIGKILL']);
const instanceCount = 3;

await runReported(async (report) => {
  if (!hasNginx()) throw new CannotRun(howToGetNginx);
  await using postgres = await startPostgres();
  await using instances = await startInstances(instanceCount, {
    DATABASE_URL: postgres.url,
    TRUST_PROXY: 'loopback',
    SHUTDOWN_GRACE: flags.grace,
    WORKERS: flags.workers,
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
    `\n${count} clients, three instances behind nginx, each restarted ${rounds} times, SHUTDOWN_GRACE=${flags.grace}, WORKERS=${flags.workers}`,
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
