import type { Instant } from '@mentorship/domain';

/** The number of attempts in a period, and when the period ends. */
export interface AttemptCount {
  readonly count: number;
  readonly until: Instant;
}

/** Counts that all processes share, by a key of at most 64 characters. */
export interface AttemptRepository extends AttemptDirectory {
  /**
   * Adds to the key's count in one statement. Without a current period, or with one that ends after `latestEnd(until)`, a
   * new one begins that ends at `until`.
   */
  raise(key: string, by: number, until: Instant, now: Instant): Promise<AttemptCount>;
  forget(key: string): Promise<void>;
  /** Deletes a bounded number of counts whose period has ended. Resolves to the number deleted. */
  prune(now: Instant): Promise<number>;
}

/** Read views of the counts. */
export interface AttemptDirectory {
  /** null without a count in a current period. Within a transaction it waits for concurrent transactions that count. */
  find(key: string, now: Instant): Promise<AttemptCount | null>;
}
