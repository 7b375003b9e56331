import { setTimeout as delay } from 'node:timers/promises';
import { showProgress as showBar } from '@mentorship/cli/progress';

/** Shows on a terminal how many of the total are done, until disposed. */
export const showProgress = (title: string, total: number): Disposable & { advance(): void } => {
  const bar = showBar(title);
  let done = 0;
  return { advance: () => bar.update((done += 1), total), [Symbol.dispose]: () => bar[Symbol.dispose]() };
};

/** Waits, and shows the progress. */
export const showWait = async (title: string, milliseconds: number): Promise<void> => {
  const steps = Math.max(1, Math.round(milliseconds / 500));
  using progress = showProgress(title, steps);
  const start = performance.now();
  for (let step = 1; step <= steps; step++) {
    await delay(Math.max(0, start + (milliseconds * step) / steps - performance.now()));
    progress.advance();
  }
};
