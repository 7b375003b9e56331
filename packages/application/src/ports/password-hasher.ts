import type { Password, PasswordHash } from '@mentorship/domain';

/**
 * Hashing is slow on purpose: hash before a transaction, never inside one. Hashing concurrency and the queue are
 * bounded: `hash` and `verify` throw `overloaded` when the queue is full.
 */
export interface PasswordHasher {
  hash(password: Password): Promise<PasswordHash>;
  /**
   * Whether the typed password matches the hash, normalised as its algorithm requires. A mismatch takes the same work
   * for every hash and for null, so that the response time does not reveal which users exist.
   */
  verify(typed: string, hash: PasswordHash | null, check: PasswordCheckTerms): Promise<boolean>;
  /** Whether the hash has the algorithm and cost that `hash` uses now. The next login replaces any other hash. */
  isCurrent(hash: PasswordHash): boolean;
}

interface PasswordCheckTerms {
  /** The iterations of the slowest older hash in the store; null without older hashes. */
  readonly slowest: number | null;
  /** Called when the check leaves the queue, before any hashing; `verify` rejects with what it throws. */
  readonly admit?: () => Promise<void>;
  /** Whether a user who is logged in confirms a change. Such checks leave room in the queue for logins, as `hash` does. */
  readonly confirms?: boolean;
}
