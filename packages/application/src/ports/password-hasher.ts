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
   * `slowest` has the iterations of the slowest older hash that anyone has, null when nobody has one.
   */
  verify(typed: string, hash: PasswordHash | null, slowest: number | null): Promise<boolean>;
  /** Whether the hash is of the kind and the cost that `hash` makes now; any other is made anew at the next login. */
  isCurrent(hash: PasswordHash): boolean;
}
