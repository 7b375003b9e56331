import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../temporary-folder.ts';
import type { Task } from './cli-host.ts';
import { compileCache, endWithTests, launch, type Launched, type LaunchOptions } from './service.ts';

const sourceFile = (name: string) => fileURLToPath(new URL(`../../../apps/cli/src/${name}`, import.meta.url));
export const cliFile = sourceFile('main.ts');

type Environment = Record<string, string>;
type CliOptions = Pick<LaunchOptions, 'folder' | 'group'>;
type Result = { stdout: string; stderr: string; code: number | null };

/** Launches the operator's command line as a process, with these environment variables and no others. */
export const launchCli = (args: string[], environment: Environment = {}, options: CliOptions = {}): Launched =>
  launch(environment, { ...options, command: [process.execPath, cliFile, ...args] });

/** Runs the operator's command line to its end, in a process of its own. */
const runCliProcess = async (args: string[], environment: Environment, options: CliOptions): Promise<Result> => {
  await using cli = launchCli(args, environment, options);
  const { stdout, stderr, code } = await cli.ended;
  return { stdout, stderr, code };
};

type Host = ChildProcess & { stdout: Readable; stderr: Readable };
let host: Host | undefined;
let busy = false;

/**
 * Runs the operator's command line to its end. Consecutive commands share a process that has their modules loaded;
 * concurrent ones run in processes of their own.
 */
export const runCli = async (
  args: string[],
  environment: Environment = {},
  options: CliOptions = {},
): Promise<Result> => {
  if (busy) return runCliProcess(args, environment, options);
  busy = true;
  const own = options.folder === undefined ? temporaryFolder() : undefined;
  try {
    host ??= startHost();
    return await runIn(host, { args, environment, folder: options.folder ?? own?.path ?? '' });
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

/** Marks the end of the output of a command. */
const endMark = '\0end\0';

const runIn = async (child: Host, task: Omit<Task, 'main' | 'end'>): Promise<Result> => {
  const output = { stdout: '', stderr: '' };
  const { promise: ended, resolve } = Promise.withResolvers<number | null>();
  let code: number | null = null;
  const resolveAtEnd = () => {
    if (code !== null && output.stdout.endsWith(endMark) && output.stderr.endsWith(endMark)) resolve(code);
  };
  const collect = (name: keyof typeof output) => (text: string) => {
    output[name] += text;
    resolveAtEnd();
  };
  const [stdout, stderr] = [collect('stdout'), collect('stderr')];
  const onExitCode = (status: number) => {
    code = status;
    resolveAtEnd();
  };
  child.stdout.on('data', stdout);
  child.stderr.on('data', stderr);
  child.on('message', onExitCode).on('close', resolve);
  child.send({ ...task, main: sourceFile('run-command.ts'), end: endMark } satisfies Task);
  await ended;
  child.off('message', onExitCode).off('close', resolve);
  child.stdout.off('data', stdout);
  child.stderr.off('data', stderr);
  return { stdout: output.stdout.replace(endMark, ''), stderr: output.stderr.replace(endMark, ''), code: await ended };
};
