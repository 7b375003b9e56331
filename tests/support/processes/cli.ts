import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../temporary-folder.ts';
import type { Task } from './cli-host.ts';
import { compileCache, endWithTests, launch, type Launched, type LaunchOptions } from './service.ts';

export const cliFile = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));

type Environment = Record<string, string>;
type Where = Pick<LaunchOptions, 'folder'>;
type Result = { stdout: string; stderr: string; code: number | null };

/** Launches the operator's command line, as a process of its own with these variables and no others. */
export const launchCli = (args: string[], environment: Environment = {}, where: Where = {}): Launched =>
  launch(environment, { ...where, command: [process.execPath, cliFile, ...args] });

/** Runs the operator's command line to its end, in a process of its own. */
const runCliProcess = async (...how: Parameters<typeof launchCli>): Promise<Result> => {
  await using cli = launchCli(...how);
  const { stdout, stderr, code } = await cli.ended;
  return { stdout, stderr, code };
};

type Host = ChildProcess & { stdout: Readable; stderr: Readable };
let host: Host | undefined;
let busy = false;

/**
 * Runs the operator's command line to its end. Commands that run one after another share a process, which has their
 * modules loaded; those that run at the same time each have their own.
 */
export const runCli = async (args: string[], environment: Environment = {}, where: Where = {}): Promise<Result> => {
  if (busy) return runCliProcess(args, environment, where);
  busy = true;
  const own = where.folder === undefined ? temporaryFolder() : undefined;
  try {
    host ??= startHost();
    return await runIn(host, { args, environment, folder: where.folder ?? own?.path ?? '' });
  } finally {
    own?.remove();
    busy = false;
  }
};

const startHost = (): Host => {
  const file = fileURLToPath(new URL('cli-host.ts', import.meta.url));
  const options = { env: compileCache, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] satisfies StdioOptions };
  const child = fork(file, options) as Host;
  endWithTests(child);
  child.once('close', () => (host = undefined));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8');
  return child;
};

/** Ends the output of each command. */
const end = '\0end\0';

const runIn = async (child: Host, task: Omit<Task, 'main' | 'end'>): Promise<Result> => {
  const output = { stdout: '', stderr: '' };
  const { promise: ended, resolve } = Promise.withResolvers<number | null>();
  let code: number | null = null;
  const look = () => {
    if (code !== null && output.stdout.endsWith(end) && output.stderr.endsWith(end)) resolve(code);
  };
  const hear = (name: keyof typeof output) => (text: string) => {
    output[name] += text;
    look();
  };
  const [stdout, stderr] = [hear('stdout'), hear('stderr')];
  const tell = (status: number) => {
    code = status;
    look();
  };
  child.stdout.on('data', stdout);
  child.stderr.on('data', stderr);
  child.on('message', tell).on('close', resolve);
  child.send({ ...task, main: cliFile, end } satisfies Task);
  await ended;
  child.off('message', tell).off('close', resolve);
  child.stdout.off('data', stdout);
  child.stderr.off('data', stderr);
  return { stdout: output.stdout.replace(end, ''), stderr: output.stderr.replace(end, ''), code: await ended };
};
