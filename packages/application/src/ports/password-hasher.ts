import type { Password, PasswordHash } from '@mentorship/domain';

/**
 * Slow on purpose: hash before a transaction, never inside one. Only so many passwords are hashed at once, and only so
 * many wait: both throw `overloaded` beyond that.
 */
export interface PasswordHasher {
  hash(password: Password): Promise<PasswordHash>;
  /**
   * Whether what was typed is the hash's password, in the form that its kind of hash was made from.
   * A no takes the same work for every hash, and for none at all, so that time tells nobody who exists:
   */
  verify(typed: string, hash: PasswordHash | null, check: PasswordCheckTerms): Promise<boolean>;
  /** Whether the hash is of the kind and the cost that `hash` makes now; any other is made anew at the next login. */
  isCurrent(hash: PasswordHash): boolean;
}

interface PasswordCheckTerms {
  /** The iterations of the slowest older hash that anyone has; null when nobody has one. */
  readonly slowest: number | null;
  /** Asked when the turn comes, before any work is done; what it throws is thrown. */
  readonly admit?: () => Promise<void>;
}
