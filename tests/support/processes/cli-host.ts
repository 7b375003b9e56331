/**
 * Runs the operator's command line repeatedly in one process, because loading its modules costs ten times as much as a
 * command. Each run evaluates `run-command.ts` again, with its own arguments, environment and folder, and ends when a process
 * would: when nothing keeps it alive.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** A command to run; `end` marks the end of its standard output and standard error. */
export type Task = { main: string; args: string[]; environment: Record<string, string>; folder: string; end: string };

/** How long a command may keep its process alive after its work, in milliseconds. */
const longestEnd = 20_000;

const exitCode = (): number => Number(process.exitCode ?? 0);
const streams = [process.stdout, process.stderr];
let runs = 0;

const run = async ({ main, args, environment, folder, end }: Task): Promise<number> => {
  process.chdir(folder);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.argv = [process.execPath, main, ...args];
  process.exitCode = undefined;
  const before = process.getActiveResourcesInfo().length;
  await import(`${main}?run=${(runs += 1)}`);

  const active = () => process.getActiveResourcesInfo();
  const deadline = performance.now() + longestEnd;
  while (active().length > before && performance.now() < deadline) await delay(1);
  if (active().length > before) process.stderr.write(`The command does not end: ${active().join(', ')}\n`);
  for (const stream of streams) stream.removeAllListeners('error').write(end);
  process.chdir('/');
  return exitCode();
};

process.on('message', (task: Task) => {
  void run(task).then((code) => process.send?.(code));
});
