import type { Instant, Session, UserId } from '@mentorship/domain';
import type { EndedSession, SessionReference } from './session-repository.ts';

/** A session as its user sees it. */
export type SessionListEntry = Pick<Session, 'id' | 'createdAt' | 'lastUsedAt' | 'expiresAt' | 'userAgent' | 'ip'>;

/** The sessions that ended after a sequence number, and the latest sequence number. */
interface SessionEnds {
  readonly number: number;
  readonly ended: readonly EndedSession[];
}

/** Reads sessions for display and for revocation polling. */
export interface SessionDirectory {
  /** Whether the session exists and has not ended, so that its access tokens are valid. */
  isOpen(session: SessionReference): Promise<boolean>;
  /** The user's open sessions with a token that may still be valid, the newest first. */
  list(query: { readonly userId: UserId; readonly now: Instant; readonly limit: number }): Promise<SessionListEntry[]>;
  /**
   * The sessions that ended after that number and must still be remembered. One query, and a second one if the number
   * has changed.
   */
  endedSince(number: number, now: Instant): Promise<SessionEnds>;
}
