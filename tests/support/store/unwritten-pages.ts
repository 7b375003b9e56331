import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How many pages of the file the kernel holds that the disk does not have yet. */
export type UnwrittenPages = (path: string) => number;

const cachestat = 451n;

/**
 * Asks the kernel itself, by cachestat(2): Linux 6.5 and later. Null where there is no such answer, or where it cannot be
 * believed for files in this folder (one in memory, say): it is tried on a file that was written and then synced.
 */
export const unwrittenPagesIn = async (folder: string): Promise<UnwrittenPages | null> => {
  if (process.platform !== 'linux') return null;
  const ffi = await import('node:ffi').catch(() => null);
  if (!ffi) return null;
  const { functions } = ffi.dlopen(null, {
    syscall: { arguments: ['i64', 'i64', 'pointer', 'pointer', 'i64'], return: 'i64' },
  });
  const pages: UnwrittenPages = (path) => {
    const file = openSync(path, 'r+');
    const wholeFile = Buffer.alloc(16);
    const counts = Buffer.alloc(40);
    const result: bigint = functions.syscall(cachestat, BigInt(file), wholeFile, counts, 0n);
    closeSync(file);
    // After the cached pages: the dirty ones, and those on their way to the disk.
    return result === 0n ? Number(counts.readBigUInt64LE(8) + counts.readBigUInt64LE(16)) : Number.NaN;
  };
  const path = join(folder, 'trial');
  const file = openSync(path, 'w');
  writeSync(file, 'written');
  const before = pages(path);
  fdatasyncSync(file);
  closeSync(file);
  return before > 0 && pages(path) === 0 ? pages : null;
};
