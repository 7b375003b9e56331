import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Seen } from './answers.ts';
import type { Breakable, Outage } from './outages.ts';
import { type Load, loadUntil, watchReadiness } from './load.ts';

/** The durations before, during and after an outage, in milliseconds. */
const [before, away, after] = [1000, 3000, 3500];

export type Round = {
  seen: Seen[];
  /** The time until the last instance reported that it is not ready, in milliseconds; Infinity when one never did. */
  notReadyAfter: number;
  /** The duration of the outage, in milliseconds. */
  away: number;
  /** The time of the last failed response after the database was back, in milliseconds; 0 without one. */
  recoveredAfter: number;
  /** The instances that have not both read and written since. */
  silent: number[];
};

/** Runs one outage under load. */
export const breakOnce = async (load: Load, database: Breakable, { lasts }: Pick<Outage, 'lasts'>): Promise<Round> => {
  await database.prepare();
  const first = load.desk.seen.length;
  const ended = Promise.withResolvers<void>();
  const running = Promise.all([loadUntil(load, ended.promise), watchReadiness(load, ended.promise)]);
  let [brokenAt, backAt] = [0, 0];
  try {
    await delay(before);
    brokenAt = performance.now();
    try {
      await database.break();
      if (lasts) await delay(away);
    } finally {
      const mended = database.mend();
      // `pg_ctl` may notice later than a client.
      backAt = await firstAnswer(database.directUrl);
      await mended;
    }
    await delay(after);
  } finally {
    ended.resolve();
    await running;
  }
  const seen = load.desk.seen.slice(first);
  const since = seen.filter(({ sentAt, outcome }) => sentAt > backAt && outcome === 'done');
  const late = seen.filter(({ answeredAt, outcome }) => answeredAt > backAt && outcome !== 'done');
  const instances = load.desk.services.map((_, instance) => instance);
  const notReady = instances.map((instance) => {
    const said = seen.find((one) => isRefusedReadiness(one) && one.instance === instance && one.answeredAt > brokenAt);
    return said ? said.answeredAt - brokenAt : Infinity;
  });
  return {
    seen,
    notReadyAfter: Math.max(...notReady),
    away: backAt - brokenAt,
    recoveredAfter: Math.max(0, ...late.map(({ answeredAt }) => answeredAt - backAt)),
    silent: instances.filter((instance) => {
      const done = since.filter((one) => one.instance === instance);
      return !['GET /api', 'PATCH /api'].every((start) => done.some(({ route }) => route.startsWith(start)));
    }),
  };
};

const isRefusedReadiness = ({ route, outcome }: Seen): boolean => route === 'GET /readyz' && outcome === 'unavailable';

/** Resolves to the time at which the database answers a new connection, by `performance.now()`. */
const firstAnswer = async (url: string): Promise<number> => {
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 500, query_timeout: 500 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('update mentor_graph set id = id');
      return performance.now();
    } catch {
      await delay(10);
    } finally {
      await client.end().catch(() => {});
    }
  }
};
