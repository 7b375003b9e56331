import { showInvisible } from '@mentorship/adapters/failures';
import { storeWarnings } from '@mentorship/adapters/kysely';
import { type Progress, showProgress } from './progress.ts';

/** What a command prints: lines for people, or one JSON object for programs. */
export interface Output {
  /** Prints a line for people. */
  say(line: string): void;
  /** Prints the result for programs. */
  result(value: object): void;
  /** Shows a progress bar on a terminal while the work runs; elsewhere nothing. */
  working<Result>(title: string, work: (onProgress: Progress['update']) => Promise<Result>): Promise<Result>;
}

export const openOutput = ({ json = false }: { json?: boolean | undefined }): Output => ({
  say: (line) => void (json || process.stdout.write(`${showInvisible(line)}\n`)),
  result: (value) => void (json && process.stdout.write(`${showInvisible(JSON.stringify(value))}\n`)),
  async working(title, work) {
    using progress = showProgress(title);
    return await work(progress.update);
  },
});

/** Writes warnings to standard error, each once. */
export const warn = (warnings: readonly string[]): void => {
  for (const warning of new Set(warnings)) process.stderr.write(`Warning: ${showInvisible(warning)}\n`);
};

/** Warns of what makes it unsafe to use the stores under their names. */
export const warnOf = (...urls: readonly string[]): void => warn(urls.flatMap(storeWarnings));

/** The option that every command has. */
export const jsonOption = ['--json', 'print the result as one JSON object'] as const;
