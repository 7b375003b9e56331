import type { Seconds, BudgetName } from '@mentorship/domain';
import type { AttemptDirectory, AttemptRepository } from './attempt-repository.ts';

/** The budget that an attempt counts against, for one `subject`: an account, a network, or both. */
export interface Attempt {
  readonly budget: BudgetName;
  readonly subject: string;
  /** How many times the budget the subject has, as a network of several addresses; once by default. */
  readonly addresses?: number;
}

interface CountedAttempt extends Attempt {
  /** Attempts in the current period, this one included. */
  readonly count: number;
  /** Whether this was the last attempt that the budget allows. */
  readonly last: boolean;
  /** How long to wait when the budget is exceeded; else 0. */
  readonly wait: Seconds;
}

/** Applies the budgets of the policy. */
export interface AttemptLimiter {
  /** How long to wait until every budget allows another attempt; 0 when they do now. */
  wait(attempts: readonly Attempt[], counts: AttemptDirectory): Promise<Seconds>;
  /** Counts one attempt against each budget in this order, up to the first that is exceeded. No two are alike. */
  count(attempts: readonly Attempt[], counts: AttemptRepository): Promise<CountedAttempt[]>;
  /** Resets the count. */
  forget(attempt: Attempt, counts: AttemptRepository): Promise<void>;
}
