import { appendFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { freePort, throughPort } from '../../tests/support/processes/postgres-server.ts';
import { administerAt, type Cluster, killAll, startCluster } from './cluster.ts';
import type { Breakable } from './outages.ts';
import { startStallingProxy } from '../support/stalling-proxy.ts';

/** One of the two servers; both use the rest of the cluster. */
type Node = Pick<Cluster, 'url' | 'data' | 'logFile' | 'administer'> & { port: number };

/**
 * A server with a synchronous standby, which has every commit before it is acknowledged. Clients use a proxy, which switches
 * to the standby when it is promoted.
 */
export const startReplicated = async (settings: Record<string, string | number>): Promise<Breakable> => {
  const cluster = await startCluster(settings);
  const proxy = await startStallingProxy(cluster.port);
  let primary: Node = cluster;
  let standby: Node = cluster;
  let count = 0;
  const url = throughPort(cluster.serviceUrl, proxy.port);
  return {
    url,
    directUrl: url,
    current: () => primary.url,
    async prepare() {
      standby = await addStandby(cluster, primary, `standby-${(count += 1)}`);
    },
    break: () => killAll(primary),
    async mend() {
      await cluster.run('pg_ctl', ['promote', '-w', '-D', standby.data]);
      primary = standby;
      proxy.switchTo(primary.port);
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
};

/** Adds a standby. The package has no pg_basebackup: copies the files during a backup, and streams the rest. */
const addStandby = async ({ run }: Cluster, primary: Node, name: string): Promise<Node> => {
  const port = await freePort();
  const folder = dirname(primary.data);
  const [data, logFile] = [join(folder, name), join(folder, `${name}.log`)];
  const url = throughPort(primary.url, port);
  const backup = new Client({ connectionString: primary.url });
  await backup.connect();
  await backup.query(`select pg_backup_start('standby', true)`);
  await run('cp', ['-a', primary.data, data]);
  const { rows } = await backup.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
  await backup.end();

  const { password } = new URL(primary.url);
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password=${password} application_name=${name}`;
  await run('sh', ['-c', 'rm -rf "$0"/postmaster.* "$0"/pg_wal/*; touch "$0"/standby.signal "$0"/backup_label', data]);
  await writeFile(join(data, 'backup_label'), rows[0]?.labelfile ?? '');
  await appendFile(
    join(data, 'postgresql.auto.conf'),
    `\nport = ${port}\nprimary_conninfo = '${source}'\nsynchronous_standby_names = ''\n`,
  );
  await run('pg_ctl', ['start', '-w', '-D', data, '-l', logFile]);
  const node = { url, port, data, logFile, administer: administerAt(url) };
  await primary.administer(`alter system set synchronous_standby_names = '"${name}"'`, 'select pg_reload_conf()');
  await untilSynchronous(primary);
  return node;
};

const untilSynchronous = async ({ administer }: Node): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const rows = await administer(`select 1 from pg_stat_replication where sync_state = 'sync'`);
    if (rows.length > 0) return;
    await delay(50);
  }
  throw new Error('The standby does not follow.');
};
