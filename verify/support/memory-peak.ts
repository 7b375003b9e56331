import { existsSync, readFileSync } from 'node:fs';
import { CannotRun } from './report.ts';

/** Resident memory of a process in bytes: its peak and its current value. */
export type MemoryPeak = { peak: number; now: number };

export const requireMemoryFigures = (): void => {
  if (!existsSync('/proc/self/status')) throw new CannotRun('Peak memory is read from /proc: run this on Linux.');
};

export const memoryPeakOf = (pid: number) => (): MemoryPeak => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  return { peak: bytes('VmHWM'), now: bytes('VmRSS') };
};
