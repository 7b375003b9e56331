import type { AttemptRepository } from './attempt-repository.ts';
import type { MentorshipRepository } from './mentorship-repository.ts';
import type { SecurityEventRepository } from './security-event-repository.ts';
import type { SessionRepository } from './session-repository.ts';
import type { SigningKeyRepository } from './signing-key-repository.ts';
import type { UserRepository } from './user-repository.ts';

/** The repositories of one transaction. */
export interface Repositories {
  readonly users: UserRepository;
  readonly mentorships: MentorshipRepository;
  readonly sessions: SessionRepository;
  readonly signingKeys: SigningKeyRepository;
  readonly attempts: AttemptRepository;
  readonly securityEvents: SecurityEventRepository;
}

/** The store. It throws `storage_unavailable` when it does not answer or cannot write. */
export interface Storage {
  /**
   * Runs the work in one transaction: commits before the promise resolves, rolls back when the work throws.
   * The work may run again after a serialization failure, so it must have no effects outside its repositories.
   */
  atomically<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
