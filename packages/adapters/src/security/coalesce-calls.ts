import { setTimeout as delay } from 'node:timers/promises';

/**
 * Makes one run of the work serve everyone who asked before it began. Runs never overlap and begin at least `interval`
 * milliseconds apart; whoever asks is answered by a run that began after they asked.
 */
export const paced = (work: () => Promise<void>, interval: number): (() => Promise<void>) => {
  let next: Promise<void> | null = null;
  let running: Promise<void> = Promise.resolve();
  let earliest = Number.NEGATIVE_INFINITY;

  const begin = async () => {
    await running.catch(() => {});
    const pause = earliest - performance.now();
    if (pause > 0) await delay(pause);
    next = null;
    earliest = performance.now() + interval;
    running = work();
    await running;
  };
  return () => (next ??= begin());
};
