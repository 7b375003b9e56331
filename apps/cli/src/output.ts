import { Presets, SingleBar } from 'cli-progress';

/** Hears how far a long step is: so many of the total are done, if that is known. */
type OnProgress = (done: number, total?: number) => void;

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
    let bar: SingleBar | undefined;
    try {
      return await work((done, total) => {
        bar ??= startBar(title, total);
        bar.update(done);
      });
    } finally {
      bar?.stop();
    }
  },
});

const startBar = (title: string, total?: number): SingleBar => {
  const format = `${title} ${total === undefined ? '{value}' : '{bar} {value}/{total}'}, {duration_formatted} so far`;
  const bar = new SingleBar({ format, clearOnComplete: true, barsize: 30 }, Presets.shades_classic);
  bar.start(total ?? Number.MAX_SAFE_INTEGER, 0);
  return bar;
};

/** The option that every command has. */
export const jsonOption = ['--json', 'print what came of it as one JSON object'] as const;
