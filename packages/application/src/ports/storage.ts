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

export interface TraceErasure {
  /** Rewrites also a large store, and waits longer; writes wait meanwhile. */
  readonly thorough?: boolean;
}

/** The store. It throws `storage_unavailable` when it does not answer or cannot write. */
export interface Storage {
  /**
   * Runs the work in one transaction: commits before the promise resolves, rolls back when the work throws.
   * The work may run again after a serialization failure, so it must have no effects outside its repositories.
   */
  atomically<Result>(work: (repositories: Repositories) => Promise<Result>): Promise<Result>;
  /**
   * Removes what erased and changed rows have left in the files of the store. Waits briefly for other processes that hold
   * the files; false if they still do. It does not throw: the store repeats it until it succeeds.
   */
  eraseTraces(erasure?: TraceErasure): Promise<boolean>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
