import type { Instant, Session, SessionEndReason, UserId } from '@mentorship/domain';

/** A session as a token names it. Someone else's session is never found. */
export interface SessionReference {
  readonly id: string;
  readonly userId: UserId;
}

/** Sessions of one user: all of them, one, all but one, or all but so many of the newest. */
export type SessionSelection = { readonly userId: UserId } & (
  | { readonly id?: string }
  | { readonly except: string }
  | { readonly exceptNewest: number }
);

/** A session that has ended, and until when an access token of it could otherwise be good. */
export type EndedSession = SessionReference & Pick<Session, 'accessUntil'>;

/** Sessions, for the use cases that write. */
export interface SessionRepository {
  /** Stores a new session. */
  open(session: Session): Promise<void>;
  find(session: SessionReference): Promise<Session | null>;
  /** Notes a use and raises `accessUntil` to the given moment if the session is live, in one statement; false when it is not. */
  extendAccess(session: SessionReference, accessUntil: Instant, now: Instant): Promise<boolean>;
  /** The same, and moves a live session on by one generation; false when it is not live, or has moved on from this one. */
  rotate(
    session: SessionReference,
    next: { readonly from: number; readonly expiresAt: Instant; readonly accessUntil: Instant },
    now: Instant,
  ): Promise<boolean>;
  /** Ends what is open of these, stamped with the next number that every process watches. Resolves to what it has ended. */
  end(which: SessionSelection, reason: SessionEndReason, now: Instant): Promise<EndedSession[]>;
  /** Forgets from where all sessions of the user were used. */
  eraseClients(userId: UserId): Promise<void>;
  /** Deletes a bounded number of the sessions none of whose tokens can be good any more. Resolves to how many. */
  prune(now: Instant): Promise<number>;
}
