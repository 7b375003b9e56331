import { logIn, register } from '../../tests/support/processes/service.ts';
import { showProgress, showWait } from '../support/progress.ts';
import type { Report } from '../support/report.ts';
import { askProfile, inParallel } from '../support/requests.ts';
import { startPostgres, startServices } from '../support/servers.ts';
import { countStatements, loggingSettings, type StatementCounts } from './statement-log.ts';
import { inWords, tally } from '../support/statistics.ts';

/** Concurrent requests. */
const lanes = 32;
/** The difference in background statements that two equally long periods may have. */
const tolerance = 2;

const isProfileRead = (statement: string): boolean => /^select .* from "users" left join "mentorships"/.test(statement);

/** Sends authenticated requests and counts in PostgreSQL's log the statements that they cause. */
export const countQueries = async (report: Report, processes: number, requests: number): Promise<void> => {
  await using postgres = await startPostgres(loggingSettings);
  await using started = await startServices(processes, { DATABASE_URL: postgres.url });
  const { services } = started;
  await register(services[0].url, 'john');
  const tokens = await Promise.all(services.map(({ url }) => logIn(url, 'john')));
  const statuses: number[] = [];
  const ask = async (index: number) => {
    // Each token on each process, in rotation.
    const service = services[index % processes] ?? services[0];
    const { access } = tokens[Math.floor(index / processes) % processes] ?? { access: '' };
    statuses.push((await askProfile(service, access)).status);
  };
  // Opens connections and loads keys before anything is counted.
  await inParallel(lanes * processes * 4, lanes, ask);
  statuses.length = 0;

  let duration = 0;
  const busy = await countStatements(postgres.logFile, async () => {
    using progress = showProgress('requests', requests);
    const start = performance.now();
    await inParallel(requests, lanes, (index) => ask(index).finally(progress.advance));
    duration = performance.now() - start;
  });
  report.require(
    statuses.every((status) => status === 200),
    `authenticated requests got ${inWords(tally(statuses))}`,
  );
  const idle = await countStatements(postgres.logFile, () => showWait('idle', duration));
  report.say(`  ${requests} requests in ${(duration / 1000).toFixed(1)} s, then as long without any`);
  judge(report, requests, busy, idle);
};

const judge = (report: Report, requests: number, busy: StatementCounts, idle: StatementCounts): void => {
  const statements = [...new Set([...busy.keys(), ...idle.keys()])].map((statement) => {
    const [during, without] = [busy.get(statement) ?? 0, idle.get(statement) ?? 0];
    const excess = during - without > tolerance ? during - without : 0;
    return { statement, during, without, excess, type: typeOf(statement, excess) };
  });
  report.table(
    ['requests', 'idle', 'type', 'statement'],
    statements
      .toSorted((a, b) => b.during - a.during)
      .map(({ statement, during, without, type }) => [during, without, type, shortened(statement)]),
  );
  const sum = (type: StatementType) =>
    statements.reduce((total, one) => total + (one.type === type ? one.excess : 0), 0);
  const [profiles, authentication] = [sum('profile read'), sum('authentication')];
  report.say(
    `  caused by ${requests} requests: ${profiles} profile reads, ${authentication} queries by authentication`,
  );
  report.require(profiles === requests, `${requests} requests read ${profiles} profiles: the log is incomplete`);
  report.require(
    authentication === 0,
    `authentication of ${requests} requests caused ${authentication} queries, not 0`,
  );
};

type StatementType = 'profile read' | 'background' | 'authentication';

/** These requests authenticate and read a profile: a statement that is neither a profile read nor sent when idle is authentication. */
const typeOf = (statement: string, excess: number): StatementType => {
  if (isProfileRead(statement)) return 'profile read';
  return excess === 0 ? 'background' : 'authentication';
};

const shortened = (statement: string): string =>
  statement.length <= 100 ? statement : `${statement.slice(0, 60)} … ${statement.slice(-37)}`;
