import { readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

/** The endings of the files that SQLite keeps beside a database. */
export const sidecars = ['-wal', '-shm', '-journal'] as const;

/** How many links in a row Linux follows. */
const maxLinks = 40;

/**
 * Returns the absolute path without symbolic links: SQLite keeps the other files of a database beside that name. Neither
 * the file nor its folder need exist.
 */
export const realPath = (path: string, links = maxLinks): string => {
  const real = read(() => realpathSync.native(path));
  if (real !== undefined) return real;
  const target = links > 0 ? read(() => readlinkSync(path)) : undefined;
  if (target !== undefined) return realPath(isAbsolute(target) ? target : `${dirname(path)}/${target}`, links - 1);
  const folder = dirname(path);
  return folder === path ? path : join(realPath(folder, links), basename(path));
};

/** The operation that uses the path then reports why it cannot be used. */
const read = <Value>(operation: () => Value): Value | undefined => {
  try {
    return operation();
  } catch {
    return undefined;
  }
};

const identify = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false });

/** Whether both paths name one existing file, also by links. */
export const areSameFile = (one: string, other: string): boolean => {
  const [first, second] = [identify(one), identify(other)];
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
};

/** Returns what makes it unsafe to use the file as an SQLite database, a line each. */
export const fileWarnings = (path: string): string[] => {
  const file = realPath(path);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) return [];
  return [
    ...(stats.nlink > 1
      ? [
          `${path} has ${stats.nlink} names (hard links). SQLite keeps the latest changes in files beside the name that a program ` +
            'opens; by another name they are missing. Use one name everywhere, and remove the others.',
        ]
      : []),
    ...(isMounted(file)
      ? [
          `${path} is mounted by itself. The files that SQLite keeps beside it are on another disk, and may be lost without it. ` +
            'Mount its folder.',
        ]
      : []),
  ];
};

/** Whether the file is a mount point; Linux lists those. */
const isMounted = (file: string): boolean => {
  const mounts = read(() => readFileSync('/proc/self/mountinfo', 'utf8')) ?? '';
  const listed = file.replaceAll(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return mounts.split('\n').some((line) => line.split(' ')[4] === listed);
};
