import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isRoot, throughPort, unprivilegedUser, unprivilegedUserName } from './postgres-server.ts';
import { launch } from './service.ts';
import { untilListening } from './until-listening.ts';

// Debian installs it in a folder that is only on the PATH of administrators.
const environment = { PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin` };

export const hasPgBouncer = (): boolean => !spawnSync('pgbouncer', ['--version'], { env: environment }).error;

/** Starts PgBouncer in transaction mode, the usual one, in front of the PostgreSQL server at this URL. */
export const startPgBouncer = async (postgresUrl: string): Promise<AsyncDisposable & { url: string }> => {
  const { hostname, port: postgresPort, username, password } = new URL(postgresUrl);
  const port = await freePort();
  // It refuses to run as root, and its unprivileged user cannot enter a private TMPDIR.
  const folder = mkdtempSync(join(isRoot ? '/tmp' : tmpdir(), 'mentorship-pgbouncer-'));
  const [configuration, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users')];
  writeFileSync(users, `"${username}" "${password}"\n`, { mode: 0o600 });
  writeFileSync(
    configuration,
    `[databases]
* = host=${hostname} port=${postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 10
server_login_retry = 1
max_client_conn = 200
`,
    { mode: 0o600 },
  );
  if (isRoot) {
    const { uid, gid } = await unprivilegedUser();
    for (const path of [folder, configuration, users]) chownSync(path, uid, gid);
  }
  const command = ['pgbouncer', ...(isRoot ? [`--user=${unprivilegedUserName}`] : []), configuration];
  const bouncer = launch(environment, { folder, command });
  const dispose = async () => {
    await bouncer.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(port, bouncer);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { url: throughPort(postgresUrl, port), [Symbol.asyncDispose]: dispose };
};
