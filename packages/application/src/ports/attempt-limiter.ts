import type { Seconds, Tally } from '@mentorship/domain';
import type { AttemptDirectory, AttemptRepository } from './attempt-repository.ts';

/** What an attempt is counted under: `subject` is the account, the address, or both. */
export interface Attempt {
  readonly tally: Tally;
  readonly subject: string;
}

interface CountedAttempt extends Attempt {
  /** This one included, in the present period. */
  readonly count: number;
  /** Whether it was the last one that the budget allows. */
  readonly last: boolean;
  /** How long to wait, when it was one too many; else 0. */
  readonly wait: Seconds;
}

/** Holds attempts to the budgets of the policy. */
export interface AttemptLimiter {
  /** How long to wait until every budget allows one more; 0 when they do now. */
  wait(attempts: readonly Attempt[], counts: AttemptDirectory): Promise<Seconds>;
  /** Counts one attempt under each in turn, until one of them is one too many. */
  count(attempts: readonly Attempt[], counts: AttemptRepository): Promise<CountedAttempt[]>;
  forget(attempt: Attempt, counts: AttemptRepository): Promise<void>;
}
