import { showProgress } from '../verify/support/progress.ts';
import type { Engine } from './databases.ts';

export const parts = ['reads', 'writes', 'logins', 'cores', 'starts'] as const;

/** The choices of the command line. */
export interface Choices {
  readonly only: readonly (typeof parts)[number][];
  readonly on: readonly Engine[];
  /** Measured rounds for each program and route. */
  readonly rounds: number;
  /** The length of a round. */
  readonly seconds: number;
}

/** The number of users, except where growth is measured. */
export const defaultUsers = 1000;

export const withProgress = async <Result>(
  title: string,
  total: number,
  work: (advance: () => void) => Promise<Result>,
): Promise<Result> => {
  using progress = showProgress(title, total);
  return work(() => progress.advance());
};
