import type { SecurityEvent, UserId } from '@mentorship/domain';

/** An event with its number, which grows with time. */
export interface SecurityEventEntry extends SecurityEvent {
  readonly id: number;
}

/** Read views of the record of security events. */
export interface SecurityEventDirectory {
  /** The user's own, the newest first: those with a smaller number than `before`. */
  list(query: {
    readonly userId: UserId;
    readonly before: number | null;
    readonly limit: number;
  }): Promise<SecurityEventEntry[]>;
}
