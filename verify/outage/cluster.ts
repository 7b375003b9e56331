import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { OwnServer } from '../../tests/support/processes/postgres-server.ts';
import { startPostgres } from '../support/servers.ts';

/** A PostgreSQL server to which the service connects as an ordinary user. */
export type Cluster = AsyncDisposable &
  OwnServer & {
    /** The URL for the service. */
    serviceUrl: string;
    /** Runs statements as administrator, over one connection. */
    administer(...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  };

/** Acknowledged writes are in the write-ahead log when the server is killed. The disk itself is not tested. */
const durable = { synchronous_commit: 'on', wal_level: 'replica', wal_keep_size: '512MB', max_wal_senders: 10 };

export const startCluster = async (settings: Record<string, string | number> = {}): Promise<Cluster> => {
  const postgres = await startPostgres({ ...durable, ...settings });
  const serviceUrl = new URL(postgres.url);
  [serviceUrl.username, serviceUrl.password] = ['service', 'service'];
  const cluster = {
    ...postgres,
    serviceUrl: serviceUrl.href,
    administer: administerAt(postgres.url),
  };
  await cluster.administer(
    `create role service login password 'service'`,
    'alter database postgres owner to service',
    'alter schema public owner to service',
  );
  return cluster;
};

export const administerAt =
  (url: string): Cluster['administer'] =>
  async (...statements) => {
    const client = new Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
      return rows;
    } finally {
      await client.end();
    }
  };

/** The server's first process, and the backends. */
export const processesOf = async ({ data, administer }: Pick<Cluster, 'data' | 'administer'>) => {
  const first = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const rows = await administer('select pid, usename from pg_stat_activity where pid <> pg_backend_pid()');
  const others = rows.map(({ pid, usename }) => ({ pid: Number(pid), ofService: usename === 'service' }));
  return { first, others };
};

/** Kills all processes at once, before they can write anything. */
export const killAll = async (cluster: Pick<Cluster, 'data' | 'administer'>): Promise<void> => {
  const { first, others } = await processesOf(cluster);
  for (const pid of [first, ...others.map((other) => other.pid)]) signal(pid, 'SIGKILL');
};

/** Signals a process, which may have exited already. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
