import type { Instant, SecurityEvent } from '@mentorship/domain';

/** Security events are added and, after their retention, deleted; they never change. */
export interface SecurityEventRepository {
  add(events: readonly SecurityEvent[]): Promise<void>;
  /** Deletes a bounded number of events after their retention. Resolves to the number deleted. */
  prune(now: Instant): Promise<number>;
}
