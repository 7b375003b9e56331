import type { Password, PasswordHash } from '@mentorship/domain';

/** Slow on purpose: hash before a transaction, never inside one. */
export interface PasswordHasher {
  hash(password: Password): Promise<PasswordHash>;
  /** Whether the password is the hash's. With null it does the same work and says no, so that time tells nobody who exists. */
  verify(password: Password, hash: PasswordHash | null): Promise<boolean>;
}
