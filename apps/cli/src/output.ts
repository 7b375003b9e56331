import { Presets, SingleBar } from 'cli-progress';

/** How far a long step is. */
export interface Progress extends Disposable {
  /** So many of the total are done. */
  reach(done: number): void;
}

/** What a command tells: lines for people, or one JSON object for programs. */
export interface Output {
  /** A line for people. */
  say(line: string): void;
  /** What came of it, for programs. */
  result(value: object): void;
  /** A bar on a terminal, nothing elsewhere; it goes when the step ends. */
  progress(title: string, total: number): Progress;
}

export const openOutput = ({ json = false }: { json?: boolean | undefined }): Output => ({
  say: (line) => void (json || process.stdout.write(`${line}\n`)),
  result: (value) => void (json && process.stdout.write(`${JSON.stringify(value)}\n`)),
  progress(title, total) {
    const format = `${title} {bar} {value}/{total}, {duration_formatted} so far`;
    const bar = new SingleBar({ format, clearOnComplete: true, barsize: 30 }, Presets.shades_classic);
    bar.start(total, 0);
    return { reach: (done) => bar.update(done), [Symbol.dispose]: () => bar.stop() };
  },
});

/** The option that every command has. */
export const jsonOption = ['--json', 'print what came of it as one JSON object'] as const;
