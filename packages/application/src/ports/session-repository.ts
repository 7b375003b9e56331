import type { Instant, Session, SessionEndReason, UserId } from '@mentorship/domain';

/** A session by its id and user: another user's session is never found. */
export interface SessionReference {
  readonly id: string;
  readonly userId: UserId;
}

/** Sessions of one user: all, one, all but one, or all but the newest `exceptNewest`. */
export type SessionSelection = { readonly userId: UserId } & (
  | { readonly id?: string }
  | { readonly except: string }
  | { readonly exceptNewest: number }
);

/** An ended session, with the latest expiry of its access tokens. */
export type EndedSession = SessionReference & Pick<Session, 'accessUntil'>;

/** Sessions, for the use cases that write. */
export interface SessionRepository {
  /** Stores a new session. */
  open(session: Session): Promise<void>;
  find(session: SessionReference): Promise<Session | null>;
  /** Records a use of a live session and raises `accessUntil`, in one statement; false when the session is not live. */
  extendAccess(session: SessionReference, accessUntil: Instant, now: Instant): Promise<boolean>;
  /**
   * Rotates a live session from this generation to the next and raises `accessUntil`; false when it is not live or has
   * rotated meanwhile.
   */
  rotate(
    session: SessionReference,
    next: { readonly from: number; readonly expiresAt: Instant; readonly accessUntil: Instant },
    now: Instant,
  ): Promise<boolean>;
  /**
   * Ends the open sessions of the selection under the next sequence number, which every process polls. Resolves to the
   * ended sessions.
   */
  end(selection: SessionSelection, reason: SessionEndReason, now: Instant): Promise<EndedSession[]>;
  /** Erases the addresses and user agents of the user's sessions. */
  eraseClients(userId: UserId): Promise<void>;
  /** Deletes a bounded number of sessions whose tokens have all expired. Resolves to the number deleted. */
  prune(now: Instant): Promise<number>;
}
