import type { AttemptRepository } from './attempt-repository.ts';
import type { MentorshipRepository } from './mentorship-repository.ts';
import type { SecurityEventRepository } from './security-event-repository.ts';
import type { SessionRepository } from './session-repository.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';
import type { UserRepository } from './user-repository.ts';

/** What a transaction reads and writes. */
export interface Repositories {
  readonly users: UserRepository;
  readonly mentorships: MentorshipRepository;
  readonly sessions: SessionRepository;
  readonly signingKeys: SigningKeyRepository;
  readonly attempts: AttemptRepository;
  readonly securityEvents: SecurityEventRepository;
}

/** Where everything is kept. A store that does not answer, or cannot write, throws `storage_unavailable`. */
export interface Storage {
  /**
   * Runs the work in one transaction: all of it is kept once the promise resolves, nothing of it when the work throws.
   * The work may run more than once (a serialization failure), so it does nothing outside the repositories it is given.
   */
  atomically<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
