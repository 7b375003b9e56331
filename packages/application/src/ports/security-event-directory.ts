import type { SecurityEvent, UserId } from '@mentorship/domain';

/** An event with its id; ids ascend with time. */
export interface SecurityEventEntry extends SecurityEvent {
  readonly id: number;
}

/** Reads security events for display. */
export interface SecurityEventDirectory {
  /** The user's events with ids below `before`, the newest first; null for the first page. */
  list(query: {
    readonly userId: UserId;
    readonly before: number | null;
    readonly limit: number;
  }): Promise<SecurityEventEntry[]>;
}
