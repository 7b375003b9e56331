import type { EndedSession, SessionReference } from './session-repository.ts';

/** The ended sessions that this process knows, so that most requests need no query. */
export interface RevocationList {
  /**
   * Whether access tokens of the session are valid. Throws `storage_unavailable` when neither the list nor the store
   * can answer.
   */
  isOpen(session: SessionReference): Promise<boolean>;
  /** Adds sessions that this process has ended. */
  add(ended: readonly EndedSession[]): void;
}
