import type { Instant, Session, UserId } from '@mentorship/domain';
import type { EndedSession, SessionReference } from './session-repository.ts';

/** A session as its user sees it. */
export type SessionListEntry = Pick<Session, 'id' | 'createdAt' | 'lastUsedAt' | 'expiresAt' | 'userAgent' | 'ip'>;

/** The sessions that ended after a number was given out, and the last number that was. */
interface SessionEnds {
  readonly number: number;
  readonly ended: readonly EndedSession[];
}

/** Read views of sessions. */
export interface SessionDirectory {
  /** Whether the session is there and has not ended, so that its access tokens are still good. */
  isOpen(session: SessionReference): Promise<boolean>;
  /** The user's open sessions of which a token may still be good, the newest first. */
  list(query: { readonly userId: UserId; readonly now: Instant; readonly limit: number }): Promise<SessionListEntry[]>;
  /** What has ended since that number, of those that must be remembered now. One query, and a second when the number has moved. */
  endedSince(number: number, now: Instant): Promise<SessionEnds>;
}
