import type { Instant, NewUser, PasswordHash, User, UserChanges, UserId, UsernameKey } from '@mentorship/domain';

/** Users, one at a time, for the use cases that write. */
export interface UserRepository {
  /** Stores a user under the next id; null when the name, in any case, is taken. */
  add(user: NewUser): Promise<User | null>;
  find(name: UsernameKey): Promise<User | null>;
  /** Writes just the keys that are present, so that changes of different fields at once lose none of them. */
  change(id: UserId, changes: UserChanges): Promise<void>;
  /** Notes a login, if the hash that was verified is still the user's: false when the password has changed meanwhile. */
  recordLogin(id: UserId, verified: PasswordHash, at: Instant): Promise<boolean>;
}
