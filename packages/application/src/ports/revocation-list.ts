import type { EndedSession, SessionReference } from './session-repository.ts';

/** What this process knows of ended sessions, so that an access token can be judged without asking the store. */
export interface RevocationList {
  /** Whether the session's access tokens are still good. Throws `storage_unavailable` when it cannot be known. */
  isOpen(session: SessionReference): Promise<boolean>;
  /** Learns at once what this process has ended itself. */
  add(ended: readonly EndedSession[]): void;
}
