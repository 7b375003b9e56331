import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setPriority } from 'node:os';

/** The name of the threads that hash passwords, in libuv's pool. */
const threadName = 'libuv-worker';

/**
 * Gives the threads that hash passwords a lower priority than the thread that serves requests, so that a flood of
 * logins does not slow other requests. Linux applies `niceness` per thread. On other systems, or if the system
 * forbids it, this changes nothing.
 */
export const lowerHashPriority = async (niceness: number): Promise<void> => {
  if (niceness === 0 || process.platform !== 'linux') return;
  // The pool starts its threads with its first work.
  await stat('.');
  try {
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === threadName)
        setPriority(Number(thread), niceness);
  } catch {
    // The priority stays as it was.
  }
};
