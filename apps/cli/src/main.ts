import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Runs the command in a process of its own, which a signal ends at once, also in the middle of a statement of SQLite that
 * takes a minute. This process then removes what the command has left, and ends by the same signal. A second signal ends
 * it without that.
 */
const command = fork(fileURLToPath(new URL('command-process.ts', import.meta.url)), process.argv.slice(2));
const unfinished: string[] = [];
command.on('message', (path: string) => unfinished.push(path));

/** Ends this process as the signal does by default; the kernel ignores that for the first process of a container. */
const endBy = (signal: NodeJS.Signals): never => {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return process.exit(128 + constants.signals[signal]);
};

let isEnding = false;
const stopSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];
for (const signal of stopSignals)
  process.on(signal, () => {
    if (isEnding) endBy(signal);
    isEnding = true;
    command.kill(signal);
  });

const [[code, killedBy]] = (await Promise.all([once(command, 'exit'), once(command, 'disconnect')])) as [
  [number | null, NodeJS.Signals | null],
  unknown,
];
if (killedBy === null) process.exitCode = code ?? 1;
else {
  for (const path of unfinished) rmSync(path, { force: true });
  // The line of a progress bar.
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  if (!stopSignals.includes(killedBy))
    process.stderr.write(`Failed: ${killedBy} ended the command. If memory ran out, free some, and try again.\n`);
  endBy(killedBy);
}
