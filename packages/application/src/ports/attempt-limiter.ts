import type { Seconds, Tally } from '@mentorship/domain';
import type { AttemptDirectory, AttemptRepository } from './attempt-repository.ts';

/** What an attempt counts against: `subject` is the account, the network, or both. */
export interface Attempt {
  readonly tally: Tally;
  readonly subject: string;
}

interface CountedAttempt extends Attempt {
  /** Attempts in the current period, this one included. */
  readonly count: number;
  /** Whether this was the last attempt that the limit allows. */
  readonly last: boolean;
  /** How long to wait when the limit is exceeded; else 0. */
  readonly wait: Seconds;
}

/** Applies the rate limits of the policy. */
export interface AttemptLimiter {
  /** How long to wait until every limit allows another attempt; 0 when they do now. */
  wait(attempts: readonly Attempt[], counts: AttemptDirectory): Promise<Seconds>;
  /** Counts one attempt against each limit in this order, and stops at the first that is exceeded. */
  count(attempts: readonly Attempt[], counts: AttemptRepository): Promise<CountedAttempt[]>;
  /** Resets the count. */
  forget(attempt: Attempt, counts: AttemptRepository): Promise<void>;
}
