import type { Instant } from '@mentorship/domain';

/** The number of attempts in a period, and when the period ends. */
export interface AttemptCount {
  readonly count: number;
  readonly until: Instant;
}

export type AttemptCounts = ReadonlyMap<string, AttemptCount>;

/** What to add to the count of a key, and when the period ends that begins if none is current. */
interface AttemptRaise {
  readonly key: string;
  readonly by: number;
  readonly until: Instant;
}

/** Counts that all processes share, by keys of at most 64 characters. */
export interface AttemptRepository extends AttemptDirectory {
  /**
   * Adds to the counts of different keys in one statement, and resolves to the new ones. Without a current period, or with
   * one that ends after `latestEnd(until)`, a new one begins that ends at `until`.
   */
  raise(raises: readonly AttemptRaise[], now: Instant): Promise<AttemptCounts>;
  forget(key: string): Promise<void>;
  /** Deletes a bounded number of counts whose period has ended. Resolves to the number deleted. */
  prune(now: Instant): Promise<number>;
}

/** Read views of the counts. */
export interface AttemptDirectory {
  /**
   * The counts in a current period, in one query. Within a transaction it waits for concurrent transactions that count.
   */
  find(keys: readonly string[], now: Instant): Promise<AttemptCounts>;
}
