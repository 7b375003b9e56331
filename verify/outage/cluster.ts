import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { OwnServer } from '../../tests/support/processes/postgres-server.ts';
import { startPostgres } from '../support/servers.ts';

/** A PostgreSQL whose service logs in as an ordinary user, as services do. */
export type Cluster = AsyncDisposable &
  OwnServer & {
    /** What the service connects to. */
    serviceUrl: string;
    /** Runs statements as the administrator, over one connection. */
    administer(...statements: readonly string[]): Promise<Record<string, unknown>[]>;
  };

/** An acknowledged write is in the write-ahead log when the server is killed, which is no test of the disk. */
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

/** Its first process, and all the others that it tells of. */
export const processesOf = async ({ data, administer: ask }: Pick<Cluster, 'data' | 'administer'>) => {
  const first = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const rows = await ask('select pid, usename from pg_stat_activity where pid <> pg_backend_pid()');
  const others = rows.map(({ pid, usename }) => ({ pid: Number(pid), ofService: usename === 'service' }));
  return { first, others };
};

/** Ends them at once, without a chance to write anything. */
export const killAll = async (cluster: Pick<Cluster, 'data' | 'administer'>): Promise<void> => {
  const { first, others } = await processesOf(cluster);
  for (const pid of [first, ...others.map((other) => other.pid)]) signal(pid, 'SIGKILL');
};

/** A process that has ended meanwhile is no fault. */
export const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
