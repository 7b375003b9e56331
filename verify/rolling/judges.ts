import { Client } from 'pg';
import { milliseconds, type Report } from '../support/report.ts';
import type { Acknowledged, Sent } from './client.ts';
import type { Restart } from './instances.ts';
import { inWords, median, quantile, tally } from '../support/statistics.ts';

export const judgeRequests = (report: Report, sent: readonly Sent[]): void => {
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
  const types = [...Map.groupBy(sent, ({ type }) => type)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const connections = [...Map.groupBy(sent, ({ connection }) => connection)];
  report.table(
    ['', 'requests', 'failed', 'p50', 'p99', 'longest wait'],
    [
      ...types.map(([type, some]) => row(type, some)),
      ...connections.map(([connection, some]) => row(`over ${connection} connections`, some)),
      row('all', sent),
    ],
  );
  const failed = sent.filter(({ expected }) => !expected);
  const outcomes = inWords(tally(failed.map(({ type, outcome }) => `${type}: ${outcome}`)));
  report.require(failed.length === 0, `${failed.length} requests failed: ${outcomes}`);
};

export const judgeRestarts = (report: Report, restarts: readonly Restart[]): void => {
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

/** Requires that every acknowledged write is there once. */
export const judgeWrites = async (report: Report, databaseUrl: string, all: readonly Acknowledged[]): Promise<void> => {
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
  const [registered, cancelledRequests] = [
    all.flatMap((each) => each.registered).length,
    all.flatMap((each) => each.cancelled).length,
  ];
  report.say(
    `  acknowledged and checked: ${registered} registrations, ${cancelledRequests} cancelled requests, ${all.length} phones`,
  );
  for (const [what, lost] of Object.entries(missing))
    report.require(lost === 0, `${lost} acknowledged ${what} are lost`);
  report.require(open.length === 0, `${open.length} requests exist that were not acknowledged`);
};
