import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes the folder and those above it, for this user alone. Not by mkdir's `recursive`, which never comes back from a
 * place where no folder can be made, such as /proc.
 */
export const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process that starts may have been first.
    if (!existsSync(path)) throw error;
  }
};
