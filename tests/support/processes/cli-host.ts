/**
 * Runs the operator's command line again and again in one process: to load its modules costs ten times what a command
 * does. Each run evaluates `main.ts` again, with its own arguments, environment and folder, and lasts until nothing that
 * the command has started would keep a process alive.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** A command to run; `end` is written to standard output and standard error behind all that it wrote. */
export type Task = { main: string; args: string[]; environment: Record<string, string>; folder: string; end: string };

/** The time that a command may take after its last line, in milliseconds. */
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
