import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Of the folder and those above it, what is not there: the deepest first. */
export const missingFolders = (path: string): string[] =>
  existsSync(path) ? [] : [path, ...missingFolders(dirname(path))];

/**
 * Makes the folder and those above it, for this user alone. Not by mkdir's `recursive`, which never comes back from a
 * place where no folder can be made, such as /proc.
 */
export const makeFolder = (path: string): void => {
  for (const missing of missingFolders(path).toReversed())
    try {
      mkdirSync(missing, { mode: 0o700 });
    } catch (error) {
      // Another process that starts may have been first.
      if (!existsSync(missing)) throw error;
    }
};
