import type { Instant, NewUser, PasswordHash, User, UserChanges, UserId, UsernameKey } from '@mentorship/domain';

/** Users, one at a time, for the use cases that write. */
export interface UserRepository {
  /** Stores a user under the next id; null when the name, in any case, is taken. */
  add(user: NewUser): Promise<User | null>;
  find(name: UsernameKey): Promise<User | null>;
  /** null also for an account that has ended. */
  findById(id: UserId): Promise<User | null>;
  /**
   * Writes just the keys that are present, so that changes of different fields at once lose none of them; the first of a
   * profile begins it. false when the account has ended, or its hash is no longer the one that was verified.
   */
  change(id: UserId, changes: UserChanges, verified?: PasswordHash | null): Promise<boolean>;
  /**
   * Notes a login, if the hash that was verified is still the user's: false when the password has changed, or the account
   * has been deactivated, meanwhile.
   */
  recordLogin(login: Login): Promise<boolean>;
  /** Lets nobody log in to the account any more; false when that is so already, or it has ended. */
  deactivate(id: UserId, at: Instant): Promise<boolean>;
  /** Lets its user log in again; false unless it was deactivated. */
  activate(id: UserId): Promise<boolean>;
  /**
   * Erases name, contact, profile, hash and addresses, and leaves a pseudonym that nobody can log in with; false when that has
   * been done, or the hash is no longer the one that was verified.
   */
  erase(id: UserId, verified: PasswordHash, at: Instant): Promise<boolean>;
}

export interface Login {
  readonly id: UserId;
  readonly verified: PasswordHash;
  /** The same password, hashed as it is done now; null when it is already. */
  readonly rehashed: PasswordHash | null;
  /** Where from, so that strangers' failures cannot lock this address out. */
  readonly network: string | null;
  readonly at: Instant;
}
