import type { Instant } from '@mentorship/domain';

/** How many attempts there have been in a period, and when it is over. */
export interface AttemptCount {
  readonly count: number;
  readonly until: Instant;
}

/** Counts that all instances share, by a key of at most 64 characters. */
export interface AttemptRepository extends AttemptDirectory {
  /** Adds to the key's count in one statement. A period that is over, or was none, begins anew and ends at `until`. */
  raise(key: string, by: number, until: Instant, now: Instant): Promise<AttemptCount>;
  forget(key: string): Promise<void>;
  /** Deletes a bounded number of the counts whose period is over. Resolves to how many. */
  prune(now: Instant): Promise<number>;
}

/** Read views of the counts. */
export interface AttemptDirectory {
  /** null when there is none, or its period is over. Within a transaction it waits for those that count at the moment. */
  find(key: string, now: Instant): Promise<AttemptCount | null>;
}
