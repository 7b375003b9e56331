import type { Instant, NewUser, PasswordHash, User, UserChanges, UserId, UsernameKey } from '@mentorship/domain';
import type { UserDetail } from './user-directory.ts';

/** Users, for the use cases that write. */
export interface UserRepository {
  /**
   * Stores a user under the next id, who is known at the network of the registration; null when the name, in any case,
   * is taken.
   */
  add(user: NewUser, network?: string | null): Promise<User | null>;
  find(name: UsernameKey): Promise<User | null>;
  /** null also for an ended account. */
  findById(id: UserId): Promise<User | null>;
  /** As `UserDirectory.detail`, in this transaction. */
  detail(id: UserId, menteeLimit: number): Promise<UserDetail | null>;
  /**
   * Writes only the keys that are present, so that concurrent changes of different fields are all kept. The first
   * change of a profile field creates the profile. false when the account has ended, or its hash is no longer
   * `verified`.
   */
  change(id: UserId, changes: UserChanges, verified?: PasswordHash | null): Promise<boolean>;
  /**
   * Records a login if `verified` is still the user's hash: false when the password has changed or the account was
   * deactivated meanwhile.
   */
  recordLogin(login: Login): Promise<boolean>;
  /** Refuses further logins to the account; false when it is deactivated already or has ended. */
  deactivate(id: UserId, at: Instant): Promise<boolean>;
  /** Lets the user log in again; false unless the account was deactivated. */
  activate(id: UserId): Promise<boolean>;
  /**
   * Erases name, contact, profile, hash and addresses, and leaves a pseudonym that cannot log in. false when the
   * account has ended already, or its hash is no longer `verified`.
   */
  erase(id: UserId, verified: PasswordHash, at: Instant): Promise<boolean>;
}

export interface Login {
  readonly id: UserId;
  readonly verified: PasswordHash;
  /** A current hash of the same password; null when `verified` is current. */
  readonly rehashed: PasswordHash | null;
  /** The client's network, remembered so that failures from other networks do not lock it out. */
  readonly network: string | null;
  readonly at: Instant;
}
