/** The part of a terminal that a progress bar needs, such as `process.stderr`. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A progress bar; disposing of it clears its line. */
export interface Progress extends Disposable {
  /** Without a total the line shows a count and no bar. */
  readonly update: (done: number, total?: number) => void;
}

const barWidth = 30;
/** The time advances even while a step makes no progress. */
const redrawEveryMs = 1000;
const minRedrawMs = 100;

/** Shows on a terminal how far a long step is; elsewhere nothing is written. */
export const showProgress = (title: string, terminal: Terminal = process.stderr): Progress => {
  if (!terminal.isTTY) return { update() {}, [Symbol.dispose]() {} };
  const startedAt = performance.now();
  let [line, drawnAt] = ['', -Infinity];
  const draw = () => {
    if (line === '') return;
    drawnAt = performance.now();
    const text = `${title} ${line}, ${Math.round((drawnAt - startedAt) / 1000)} s so far`;
    // A line that wraps could not be cleared. Some terminals have a width of 0.
    terminal.write(`\r${text.slice(0, (terminal.columns || 80) - 1)}\u001B[K`);
  };
  const timer = setInterval(draw, redrawEveryMs);
  return {
    update(done, total) {
      line = total === undefined ? `${done}` : `${bar(done / total)} ${done}/${total}`;
      if (performance.now() - drawnAt >= minRedrawMs) draw();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      if (line !== '') terminal.write('\r\u001B[K');
    },
  };
};

const bar = (fraction: number): string => {
  const filled = Math.round(Math.min(Math.max(fraction || 0, 0), 1) * barWidth);
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
};
