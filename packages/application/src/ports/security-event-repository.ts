import type { Instant, SecurityEvent } from '@mentorship/domain';

/** The record of security events: it only grows, until an event's time is over. */
export interface SecurityEventRepository {
  add(events: readonly SecurityEvent[]): Promise<void>;
  /** Deletes a bounded number of the events that need not be kept any longer. Resolves to how many. */
  prune(now: Instant): Promise<number>;
}
