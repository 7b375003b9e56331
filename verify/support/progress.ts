import { setTimeout as delay } from 'node:timers/promises';
import { Presets, SingleBar } from 'cli-progress';

/** Shows a progress bar on a terminal, until disposed. */
export const showProgress = (title: string, total: number): Disposable & { advance(): void } => {
  const format = `${title} {bar} {value}/{total}, {duration_formatted} so far`;
  const bar = new SingleBar({ format, clearOnComplete: true, barsize: 30 }, Presets.shades_classic);
  bar.start(total, 0);
  return { advance: () => bar.increment(), [Symbol.dispose]: () => bar.stop() };
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
