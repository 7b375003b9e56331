import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { startPgBouncer } from '../../tests/support/processes/pgbouncer.ts';
import { type Cluster, killAll, processesOf, signal, startCluster } from './cluster.ts';
import { startReplicated } from './standby.ts';

/** A database that can fail. */
export type Breakable = AsyncDisposable & {
  /** The URL for the service. */
  url: string;
  /** The URL of the database itself, for a new connection. */
  directUrl: string;
  /** The URL of the database that must have the acknowledged writes. */
  current(): string;
  /** Prepares the next outage, without load. */
  prepare(): Promise<void>;
  /** Resolves when the database is away. */
  break(): Promise<void>;
  /** Resolves when the database may be back. */
  mend(): Promise<void>;
};

export type Outage = {
  title: string;
  /** Whether the outage lasts, so that `/readyz` must report it; otherwise it is over at once. */
  lasts: boolean;
  open(settings: Record<string, string | number>): Promise<Breakable>;
};

/** A direct connection. */
const directly = async (url: string) => ({ url, [Symbol.asyncDispose]: async () => {} });

/** An outage of a single server. */
const single =
  (make: (cluster: Cluster) => Pick<Breakable, 'break' | 'mend'>, connect: typeof startPgBouncer = directly) =>
  async (settings: Record<string, string | number>): Promise<Breakable> => {
    const cluster = await startCluster(settings);
    const connection = await connect(cluster.serviceUrl);
    return {
      ...make(cluster),
      url: connection.url,
      directUrl: cluster.serviceUrl,
      current: () => cluster.url,
      prepare: async () => {},
      async [Symbol.asyncDispose]() {
        await connection[Symbol.asyncDispose]();
        await cluster[Symbol.asyncDispose]();
      },
    };
  };

const stop = ({ run, data }: Cluster) => run('pg_ctl', ['stop', '-m', 'fast', '-w', '-D', data]);

/** Starts the server. After a kill its shared memory may still exist for a short time. */
const start = async ({ run, data, logFile }: Cluster): Promise<void> => {
  for (let attempt = 0; ; attempt++) {
    try {
      return await run('pg_ctl', ['start', '-w', '-D', data, '-l', logFile]);
    } catch (error) {
      if (attempt === 20) throw error;
      await delay(100);
    }
  }
};

const cutAll = `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'service'`;
const nothing = async () => {};
const killAndStart = (cluster: Cluster) => ({ break: () => killAll(cluster), mend: () => start(cluster) });

export const outages = {
  stopped: {
    title: 'PostgreSQL is stopped, and started again',
    lasts: true,
    open: single((cluster) => ({ break: () => stop(cluster), mend: () => start(cluster) })),
  },
  killed: {
    title: 'PostgreSQL is killed, all its processes at once, and started again',
    lasts: true,
    open: single(killAndStart),
  },
  bouncer: {
    title: 'The same behind PgBouncer in transaction mode',
    lasts: true,
    open: single(killAndStart, startPgBouncer),
  },
  restarted: {
    title: 'PostgreSQL is restarted',
    lasts: false,
    open: single((cluster) => ({
      break: () => cluster.run('pg_ctl', ['restart', '-m', 'fast', '-w', '-D', cluster.data, '-l', cluster.logFile]),
      mend: nothing,
    })),
  },
  cut: {
    title: 'All connections are cut',
    lasts: false,
    open: single((cluster) => ({
      break: async () => void (await cluster.administer(cutAll)),
      mend: nothing,
    })),
  },
  refused: {
    title: 'All connections are cut, and new ones are refused',
    lasts: true,
    open: single((cluster) => ({
      break: async () => void (await cluster.administer('alter role service connection limit 0', cutAll)),
      mend: async () => void (await cluster.administer('alter role service connection limit -1')),
    })),
  },
  locked: {
    title: 'Another client locks the tables: every connection of the pools waits',
    lasts: true,
    open: single((cluster) => {
      let holder = new Client({ connectionString: cluster.url });
      return {
        async break() {
          holder = new Client({ connectionString: cluster.url });
          await holder.connect();
          await holder.query('begin');
          await holder.query('lock table mentor_graph, users, sessions in access exclusive mode');
        },
        mend: () => holder.end(),
      };
    }),
  },
  hanging: {
    title: 'PostgreSQL hangs: its processes are stopped, and no connection is closed',
    lasts: true,
    open: single((cluster) => {
      let stopped: number[] = [];
      return {
        async break() {
          const { first, others } = await processesOf(cluster);
          stopped = [first, ...others.filter(({ ofService }) => ofService).map(({ pid }) => pid)];
          for (const pid of stopped) signal(pid, 'SIGSTOP');
        },
        async mend() {
          for (const pid of stopped) signal(pid, 'SIGCONT');
        },
      };
    }),
  },
  promoted: {
    title: 'PostgreSQL is killed, and its standby is promoted',
    lasts: true,
    open: startReplicated,
  },
} satisfies Record<string, Outage>;

export const outageNames = Object.keys(outages) as (keyof typeof outages)[];
