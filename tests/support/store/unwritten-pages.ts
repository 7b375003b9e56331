import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Counts the pages of the file that are in the kernel's cache but not yet on disk. */
export type UnwrittenPages = (path: string) => number;

const cachestat = 451n;

/**
 * Returns a counter that uses cachestat(2), for Linux 6.5 and later. Returns null where the kernel lacks it, or counts wrongly
 * in this folder (in a file system in memory, for example), which a trial with a written and a synced file shows.
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
    // The fields after the cached pages: dirty pages, then pages under writeback.
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
