import { setTimeout as delay } from 'node:timers/promises';

/**
 * Returns a function whose concurrent calls share one run of the work. A call resolves with a run that starts after the
 * call, never with one in progress. Runs do not overlap and start at least `minIntervalMs` apart.
 */
export const coalesceCalls = (work: () => Promise<void>, minIntervalMs: number): (() => Promise<void>) => {
  let next: Promise<void> | null = null;
  let current: Promise<void> = Promise.resolve();
  let earliestStart = Number.NEGATIVE_INFINITY;

  const runNext = async () => {
    await current.catch(() => {});
    const waitMs = earliestStart - performance.now();
    if (waitMs > 0) await delay(waitMs);
    next = null;
    earliestStart = performance.now() + minIntervalMs;
    current = work();
    await current;
  };
  return () => (next ??= runNext());
};
