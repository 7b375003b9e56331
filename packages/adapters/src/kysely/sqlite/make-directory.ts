import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** The directory and its parents that do not exist, deepest first. */
export const missingDirectories = (path: string): string[] =>
  existsSync(path) ? [] : [path, ...missingDirectories(dirname(path))];

/**
 * Creates the directory and its missing parents, readable by this user only. It does not use mkdir's `recursive`, which
 * never returns where no directory can be created, such as /proc.
 */
export const makeDirectory = (path: string): void => {
  for (const missing of missingDirectories(path).toReversed())
    try {
      mkdirSync(missing, { mode: 0o700 });
    } catch (error) {
      // Another starting process may have created it first.
      if (!existsSync(missing)) throw error;
    }
};
