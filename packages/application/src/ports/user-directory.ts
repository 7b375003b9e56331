import type { Email, PasswordHash, Phone, UserId, Username, UsernameKey } from '@mentorship/domain';

/** A user as the list shows them. */
export interface UserListEntry {
  readonly id: UserId;
  readonly username: Username;
  readonly mentorUsername: Username | null;
}

/** A user as the detail shows them. */
export interface UserDetail {
  readonly id: UserId;
  readonly username: Username;
  readonly email: Email | null;
  readonly phone: Phone | null;
  readonly passwordHash: PasswordHash;
  readonly mentorUsername: Username | null;
  /** By ascending id. */
  readonly mentees: readonly { readonly id: UserId; readonly username: Username }[];
}

interface UserListQuery {
  /** Entries with a larger id than this (keyset: a page costs the same wherever it is). */
  readonly after: number | null;
  readonly limit: number;
  /** Only the mentees of this user. */
  readonly mentor: UsernameKey | null;
}

/** Read views of users: one query each, nothing rebuilt, one moment of the store. */
export interface UserDirectory {
  /** By ascending id. */
  list(query: UserListQuery): Promise<UserListEntry[]>;
  /** With at most `menteeLimit` mentees. */
  detail(id: UserId, menteeLimit: number): Promise<UserDetail | null>;
  /** What a login is checked against; also tells whether a name is taken. */
  credentials(name: UsernameKey, network: string | null): Promise<Credentials>;
}

export interface Credentials {
  readonly account: {
    readonly id: UserId;
    readonly passwordHash: PasswordHash;
    /** Whether this account has logged in from this network before. */
    readonly knownNetwork: boolean;
  } | null;
  /** The iterations of the slowest older hash that anyone has; null when nobody has one. */
  readonly slowestHash: number | null;
}
