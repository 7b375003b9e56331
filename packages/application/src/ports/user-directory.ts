import type {
  Email,
  MentorProfile,
  PasswordHash,
  Phone,
  SkillKey,
  UserId,
  Username,
  UsernameKey,
} from '@mentorship/domain';

/** A user as the list shows them. */
export interface UserListEntry {
  readonly id: UserId;
  readonly username: Username;
  readonly mentorUsername: Username | null;
  /** Where it was asked for. */
  readonly mentoring?: Mentoring;
}

/** A user as a mentor that one may look for. */
export interface Mentoring extends Pick<MentorProfile, 'mentorPolicy' | 'skills'> {
  /** How many mentees the user takes besides those they have; null without a limit. */
  readonly freePlaces: number | null;
}

/** A user as the detail shows them. */
export interface UserDetail {
  readonly id: UserId;
  readonly username: Username;
  readonly email: Email | null;
  readonly phone: Phone | null;
  readonly passwordHash: PasswordHash;
  readonly mentorUsername: Username | null;
  /** null until the user has chosen any of it. */
  readonly profile: MentorProfile | null;
  /** By ascending id. */
  readonly mentees: readonly { readonly id: UserId; readonly username: Username }[];
}

/** Which users: those who pass every filter that is there. */
export interface UserFilter {
  /** Only the mentees of this user. */
  readonly mentor?: UsernameKey | null;
  /** Only those whose name begins so. */
  readonly prefix?: UsernameKey | null;
  readonly skill?: SkillKey | null;
  /** Only those who may be named or asked as a mentor, and have a place. */
  readonly accepting?: boolean;
  /** Only those who have a mentor, or only those who have none. */
  readonly hasMentor?: boolean | null;
}

export interface UserListQuery extends UserFilter {
  /** Entries with a larger id than this (keyset: a page costs the same wherever it is). */
  readonly after: number | null;
  readonly limit: number;
  /** Whether the entries have `mentoring`. */
  readonly withMentoring?: boolean;
}

/** Read views of users: one query each, nothing rebuilt, one moment of the store. */
export interface UserDirectory {
  /** By ascending id. */
  list(query: UserListQuery): Promise<UserListEntry[]>;
  /** With at most `menteeLimit` mentees. */
  detail(id: UserId, menteeLimit: number): Promise<UserDetail | null>;
  /** Who has this name; null when nobody does. */
  find(name: UsernameKey): Promise<Pick<UserListEntry, 'id' | 'username'> | null>;
  /** What a login is checked against; also tells whether a name is taken. */
  credentials(name: UsernameKey, network: string | null): Promise<Credentials>;
}

export interface Credentials {
  readonly account: {
    readonly id: UserId;
    /** null for an account that has been deactivated: no password is right. */
    readonly passwordHash: PasswordHash | null;
    /** Whether this account has logged in from this network before. */
    readonly knownNetwork: boolean;
  } | null;
  /** The iterations of the slowest older hash that anyone has; null when nobody has one. */
  readonly slowestHash: number | null;
}
