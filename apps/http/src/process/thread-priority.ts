import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setPriority } from 'node:os';

/** How Linux names the threads of Node's pool, on which passwords are hashed. */
const name = 'libuv-worker';

/**
 * Lets the threads that hash passwords stand back for the one that answers requests: a flood of logins then has the cores
 * to itself as long as nothing else is asked, and no longer. `niceness` is Linux', which counts it by thread; elsewhere, and
 * where the system forbids it, they are as important as the others.
 */
export const lowerHashPriority = async (niceness: number): Promise<void> => {
  if (niceness === 0 || process.platform !== 'linux') return;
  // The pool begins with its first work.
  await stat('.');
  try {
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === name) setPriority(Number(thread), niceness);
  } catch {
    // It is as it was.
  }
};
