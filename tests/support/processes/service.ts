import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPostgresDatabase } from './postgres.ts';
import { temporaryFolder } from '../temporary-folder.ts';

type Output = { stdout: string; stderr: string };
type Exit = Output & { code: number | null; signal: NodeJS.Signals | null };

export type Launched = AsyncDisposable & {
  pid: number;
  /** The output so far. */
  output: Output;
  /** The URL that the service prints. */
  listening: Promise<string>;
  ended: Promise<Exit>;
  stop(signal?: NodeJS.Signals): Promise<Exit>;
};

export type Service = Launched & { url: string };

export type LaunchOptions = {
  /** The working directory; an empty temporary folder by default. */
  folder?: string;
  command?: string[];
  /** Whether to start a process group, which then receives the signals. */
  group?: boolean;
};

const checkout = new URL('../../../', import.meta.url);
export const mainFile = fileURLToPath(new URL('apps/http/src/main.ts', checkout));

/**
 * The processes of tests share a compile cache in this checkout, so that they start faster. The programs of `bench` and
 * `verify` start the service as an operator does.
 */
export const compileCache: Record<string, string> = process.env.VITEST
  ? { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled-for-tests', checkout)) }
  : {};

const running = new Set<ChildProcess>();
const send = (child: ChildProcess, signal: NodeJS.Signals, group: boolean): void => {
  if (!running.has(child)) return;
  if (group && child.pid) process.kill(-child.pid, signal);
  else child.kill(signal);
};

let sweeper: ChildProcess | undefined;

/** Kills the process even if the test run crashes: then the pipe to the sweeper closes. */
export const endWithTests = (child: ChildProcess, group = false): void => {
  sweeper ??= startSweeper();
  const target = `${group ? '-' : ''}${child.pid}`;
  sweeper.stdin?.write(`start ${target}\n`);
  child.once('close', () => sweeper?.stdin?.write(`end ${target}\n`));
};

const sweep = `alive=" "
while read -r verb target; do
  if [ "$verb" = start ]; then alive="$alive$target "; else alive="\${alive%% $target *} \${alive#* $target }"; fi
done
for target in $alive; do kill -KILL "$target"; done`;

const startSweeper = (): ChildProcess => {
  const child = spawn('sh', ['-c', sweep], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  child.stdin.on('error', () => {});
  (child.stdin as Socket).unref();
  return child;
};

/** Starts the real process with only these environment variables. */
export const launch = (
  environment: Record<string, string> = {},
  { folder, command = [process.execPath, mainFile], group = false }: LaunchOptions = {},
): Launched => {
  const own = folder === undefined ? temporaryFolder() : undefined;
  const [file = '', ...args] = command;
  const child = spawn(file, args, {
    cwd: folder ?? own?.path,
    // Without a proxy, a stop needs no grace.
    env: { ...compileCache, HOST: '127.0.0.1', PORT: '0', SHUTDOWN_GRACE: '0s', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: group,
  });
  running.add(child);
  endWithTests(child, group);

  const output: Output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code, signal]): Exit => {
    running.delete(child);
    own?.remove();
    return { code, signal, ...output };
  });
  const listening = new Promise<string>((resolve, reject) => {
    child.stderr.on('data', () => {
      const url = /^Mentorship API listens on (\S+)\n/m.exec(output.stderr)?.[1];
      if (url) resolve(url);
    });
    ended.then((exit) => reject(new Error(`The service did not start: ${JSON.stringify(exit)}`)), reject);
  });
  listening.catch(() => {});

  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    send(child, signal, group);
    return ended;
  };
  const end = async () => void (await stop('SIGKILL'));
  return { pid: child.pid ?? 0, output, listening, ended, stop, [Symbol.asyncDispose]: end };
};

/** Launches the service and waits until it listens. */
export const startService = async (environment?: Record<string, string>, options?: LaunchOptions): Promise<Service> => {
  const launched = launch(environment, options);
  return { ...launched, url: await launched.listening };
};

export type Store = 'memory' | 'sqlite' | 'postgres';
export const lastingStores = ['sqlite', 'postgres'] as const satisfies Store[];
export const stores = ['memory', ...lastingStores] as const satisfies Store[];

/** Creates an empty database, and drops it on disposal. */
export const createDatabase = async (store: Store): Promise<AsyncDisposable & { url: string }> => {
  if (store === 'memory') return { url: 'memory:', [Symbol.asyncDispose]: async () => {} };
  if (store === 'postgres') {
    const { url, drop } = await createPostgresDatabase();
    return { url, [Symbol.asyncDispose]: drop };
  }
  const folder = temporaryFolder();
  return {
    url: `sqlite:${join(folder.path, 'mentorship.sqlite')}`,
    [Symbol.asyncDispose]: async () => folder.remove(),
  };
};

export type Tokens = { access: string; refresh: string };
export type Answer<Body> = { status: number; headers: Headers; body: Body };

/** Sends a request. `route` is a method and a path; a text body is sent verbatim, any other as JSON. */
export const call = async <Body = unknown>(
  url: string,
  route: string,
  { body, token }: { body?: unknown; token?: string } = {},
): Promise<Answer<Body>> => {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text && JSON.parse(text)) as Body };
};

export const password = '12345678';

export const register = (url: string, username: string, more: Record<string, string> = {}) =>
  call<{ id: number }>(url, 'POST /api/registration', { body: { username, password, ...more } });

export const logIn = async (url: string, username: string): Promise<Tokens> =>
  (await call<Tokens>(url, 'POST /api/login', { body: { username, password } })).body;

export const ownDetail = (url: string, { access }: Tokens) => call(url, 'GET /api/users/me', { token: access });

export const refresh = (url: string, { refresh: token }: Tokens) =>
  call<{ access: string }>(url, 'POST /api/token/refresh', { body: { refresh: token } });
