import type { SessionReference } from './session-repository.ts';

/** Read views of sessions. */
export interface SessionDirectory {
  /** Whether the session is there and has not ended, so that its access tokens are still good. */
  isOpen(session: SessionReference): Promise<boolean>;
}
