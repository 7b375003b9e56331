import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isRoot, type OwnServer, unprivilegedUser } from '../../tests/support/processes/postgres-server.ts';

const run = promisify(execFile);

const dataOf = ({ logFile }: OwnServer) => join(dirname(logFile), 'data');

/** kill -9 of the server and its child processes. Resolves when all of them are gone. */
export const killPostgres = async (server: OwnServer): Promise<void> => {
  const [first = ''] = (await readFile(join(dataOf(server), 'postmaster.pid'), 'utf8')).split('\n');
  const processes = [Number(first), ...(await startedBy(Number(first)))];
  for (const pid of processes) kill(pid);
  while ((await alive()).some(({ pid }) => processes.includes(pid))) await delay(5);
  // If no process reaps the dead server, its pid stays in use, and the next server would believe that it still runs.
  await rm(join(dataOf(server), 'postmaster.pid'), { force: true });
};

/** Starts the server again on its data. Resolves when it accepts clients. */
export const startPostgresAgain = async (server: OwnServer): Promise<void> => {
  const data = dataOf(server);
  const [program = ''] = (await readFile(join(data, 'postmaster.opts'), 'utf8')).split(' ');
  const options = {
    ...(isRoot && (await unprivilegedUser())),
    cwd: dirname(data),
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  };
  const args = ['start', '--wait', '-D', data, '-l', server.logFile];
  await run(join(dirname(program), 'pg_ctl'), args, options).catch(async (cause: unknown) => {
    throw new Error(await readFile(server.logFile, 'utf8'), { cause });
  });
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone: a backend exits when its server does.
  }
};

const startedBy = async (parent: number) => (await alive()).filter(({ ppid }) => ppid === parent).map(({ pid }) => pid);

/** All processes except zombies. */
const alive = async (): Promise<{ pid: number; ppid: number }[]> =>
  (await run('ps', ['-A', '-o', 'pid=,ppid=,stat='])).stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = 'Z']) => !state.startsWith('Z'))
    .map(([pid, ppid]) => ({ pid: Number(pid), ppid: Number(ppid) }));
