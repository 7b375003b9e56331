import { Presets, SingleBar } from 'cli-progress';

/** Hears how far a long step is: so many of the total are done. */
type OnProgress = (done: number, total: number) => void;

/** What a command tells: lines for people, or one JSON object for programs. */
export interface Output {
  /** A line for people. */
  say(line: string): void;
  /** What came of it, for programs. */
  result(value: object): void;
  /** Shows how far the work is: a bar on a terminal, nothing elsewhere; it goes when the work ends. */
  working<Result>(title: string, work: (onProgress: OnProgress) => Promise<Result>): Promise<Result>;
}

export const openOutput = ({ json = false }: { json?: boolean | undefined }): Output => ({
  say: (line) => void (json || process.stdout.write(`${line}\n`)),
  result: (value) => void (json && process.stdout.write(`${JSON.stringify(value)}\n`)),
  async working(title, work) {
    const format = `${title} {bar} {value}/{total}, {duration_formatted} so far`;
    const bar = new SingleBar({ format, clearOnComplete: true, barsize: 30 }, Presets.shades_classic);
    try {
      return await work((done, total) => {
        if (bar.isActive) bar.update(done);
        else bar.start(total, done);
      });
    } finally {
      bar.stop();
    }
  },
});

/** The option that every command has. */
export const jsonOption = ['--json', 'print what came of it as one JSON object'] as const;
