import { execFileSync } from 'node:child_process';
import { isRoot } from './postgres-server.ts';

const run = (command: string, ...args: string[]) => void execFileSync(command, args, { stdio: 'pipe' });

/** Mounts a file over another, as a container's volume of a single file is. Returns the reason if this machine cannot. */
export const mountFile = (file: string, over: string): { unmount(): void } | string => {
  if (!isRoot) return 'Only root may mount a file.';
  try {
    run('mount', '--bind', file, over);
  } catch (error) {
    return `This machine cannot mount a file (${(error as Error).message.trim()}).`;
  }
  return { unmount: () => run('umount', '--lazy', over) };
};
