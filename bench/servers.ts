import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch, startService } from '../tests/support/processes/service.ts';
import { tokenSettings } from './people.ts';

/** The programs to compare: the service, the control, and Fastify with the driver only. */
export const programs = ['service', 'control', 'bare'] as const;
export type Program = (typeof programs)[number];

export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

/** The service's defaults, but without login limits and without logs of successful requests. */
const serviceSettings = {
  ...tokenSettings,
  LOG_LEVEL: 'warn',
  REGISTRATION_BUDGET: 'off',
  REQUEST_BUDGET: 'off',
  LOGIN_BUDGET: 'off',
  LOGIN_BUDGET_PER_ADDRESS: 'off',
  LOGIN_BUDGET_PER_ACCOUNT: 'off',
};

export const startProgram = async (
  program: Program,
  databaseUrl: string,
  settings: Record<string, string> = {},
): Promise<Server> => {
  if (program === 'service') return startService({ ...serviceSettings, DATABASE_URL: databaseUrl, ...settings });
  return startScript('control.ts', [databaseUrl, program], settings);
};

/** Starts a program of this folder that prints where it listens. */
export const startScript = async (
  name: string,
  args: readonly string[],
  settings: Record<string, string> = {},
): Promise<Server> => {
  const file = fileURLToPath(new URL(name, import.meta.url));
  const launched = launch({ LOG_LEVEL: 'warn', ...settings }, { command: [process.execPath, file, ...args] });
  const url = await Promise.race([
    waitForOutput(launched, /listening on (\S+)\n/),
    launched.ended.then(({ stderr }) => Promise.reject(new Error(`${name} ended: ${stderr}`))),
  ]);
  return { ...launched, url };
};

const waitForOutput = async (launched: ReturnType<typeof launch>, pattern: RegExp): Promise<string> => {
  for (;;) {
    const found = pattern.exec(launched.output.stdout)?.[1];
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** The usage of all processes of a program so far: CPU time in microseconds, resident memory in bytes. */
export const usageOf = (pid: number): { microseconds: number; memory: number } => {
  const own = usageOfOne(pid);
  for (const child of childrenOf(pid)) {
    const { microseconds, memory } = usageOf(child);
    own.microseconds += microseconds;
    own.memory += memory;
  }
  return own;
};

const usageOfOne = (pid: number) => {
  let microseconds = 0;
  // In nanoseconds; /proc/<pid>/stat has hundredths of a second only.
  for (const task of readdirSync(`/proc/${pid}/task`))
    microseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0]) / 1000;
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return { microseconds, memory: pages * 4096 };
};

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

/** The time from spawn to the first response, in milliseconds. */
export const timeToAnswer = async (start: () => Promise<Server>, path: string): Promise<number> => {
  const began = performance.now();
  await using server = await start();
  const response = await fetch(new URL(path, server.url));
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`GET ${path} returned ${response.status}.`);
  return performance.now() - began;
};
