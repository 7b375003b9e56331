import type { Instant, Session, SessionEndReason, UserId } from '@mentorship/domain';

/** A session as a token names it. Someone else's session is never found. */
export interface SessionReference {
  readonly id: string;
  readonly userId: UserId;
}

/** Sessions, for the use cases that write. */
export interface SessionRepository {
  /** Stores a new session. */
  open(session: Session): Promise<void>;
  /** Raises `accessUntil` to the given moment if the session is live, in one statement; false when it is not. */
  extendAccess(session: SessionReference, accessUntil: Instant, now: Instant): Promise<boolean>;
  /** Ends the session if it is live; false when it was not. */
  end(session: SessionReference, reason: SessionEndReason, now: Instant): Promise<boolean>;
  /** Ends all open sessions of the user but the named one; false, and nothing ends, when that one is not open itself. */
  endOthers(keep: SessionReference, reason: SessionEndReason, now: Instant): Promise<boolean>;
  /** Deletes a bounded number of the sessions none of whose tokens can be good any more. */
  prune(now: Instant): Promise<void>;
}
