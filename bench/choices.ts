import { showProgress } from '../verify/support/progress.ts';
import type { DatabaseKind } from './databases.ts';

export const parts = ['reads', 'writes', 'logins', 'cores', 'starts'] as const;

/** What was chosen on the command line. */
export interface Choices {
  readonly only: readonly (typeof parts)[number][];
  readonly on: readonly DatabaseKind[];
  /** How often each program is asked for each route. */
  readonly rounds: number;
  /** How long it is asked in a round. */
  readonly seconds: number;
}

/** How many users there are where their number is not the question. */
export const usualUsers = 1000;

export const withProgress = async <Result>(
  title: string,
  total: number,
  work: (advance: () => void) => Promise<Result>,
): Promise<Result> => {
  using progress = showProgress(title, total);
  return work(() => progress.advance());
};
