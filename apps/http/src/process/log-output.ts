import { fstatSync, writeSync } from 'node:fs';

/** How many characters of log lines wait for a slow reader of standard output; more lines are dropped. */
const maxWaitingLength = 1_048_576;

/** How long the process waits for the reader of its last lines before it exits. */
const lastLinesMs = 1000;

const standardOutput = 1;
let dropped = 0;

/** How many log lines standard output has not taken since the start. */
export const droppedLogLines = (): number => dropped;

/** A full disk or a reader that is gone concerns these lines, not the service: a stream without a listener would end it. */
export const surviveOutputErrors = (): void => {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
};

/**
 * Writes lines to standard output, or drops and counts them where it takes none: pino's own destination would retry on a
 * full disk for ever, and wait for a reader that does not read.
 */
export const createLogOutput = (): { write(line: string): void } => {
  const stats = fstatSync(standardOutput);
  return { write: stats.isFIFO() || stats.isSocket() || process.stdout.isTTY ? writeToReader : createFileWriter() };
};

/** Never waits: the lines of a pipe stay in memory until they are read. */
const writeToReader = (line: string): void => {
  if (process.stdout.writableLength + line.length > maxWaitingLength) dropped += 1;
  else process.stdout.write(line, (error) => (dropped += Number(Boolean(error))));
};

/** A file takes a line at once or, on a full disk, a part of it: the next line then begins with a line break. */
const createFileWriter = (): ((line: string) => void) => {
  let isTorn = false;
  return (line) => {
    const bytes = Buffer.from(isTorn ? `\n${line}` : line);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(standardOutput, bytes, written);
      isTorn = false;
    } catch {
      isTorn ||= written > 0;
      dropped += 1;
    }
  };
};

/** Ends the process after its stop, although a reader never takes the lines that wait: those would keep it running. */
export const exitWithoutReader = (): void => void setTimeout(() => process.exit(), lastLinesMs).unref();
