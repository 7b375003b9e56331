import type { Instant } from '@mentorship/domain';

/** The current time. The domain gets it as a parameter. */
export interface Clock {
  now(): Instant;
  /** Resolves at the timestamp, or at once when it has passed. */
  waitUntil(timestamp: Instant): Promise<void>;
}
