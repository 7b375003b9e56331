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

/** A user as shown in the list. */
export interface UserListEntry {
  readonly id: UserId;
  readonly username: Username;
  readonly mentorUsername: Username | null;
  /** Set when the query asks for it. */
  readonly mentoring?: Mentoring;
}

/** What a search for mentors shows of a user. */
export interface Mentoring extends Pick<MentorProfile, 'mentorPolicy' | 'skills'> {
  /** How many more mentees the user accepts; null without a limit. */
  readonly freePlaces: number | null;
}

/** A user as shown in the detail. */
export interface UserDetail {
  readonly id: UserId;
  readonly username: Username;
  readonly email: Email | null;
  readonly phone: Phone | null;
  readonly passwordHash: PasswordHash;
  readonly mentorUsername: Username | null;
  /** null until the user sets a part of it. */
  readonly profile: MentorProfile | null;
  /** By ascending id. */
  readonly mentees: readonly { readonly id: UserId; readonly username: Username }[];
}

/** Selects the users who match every filter that is set. */
export interface UserFilter {
  /** Only the mentees of this user. */
  readonly mentor?: UsernameKey | null;
  /** Only users whose name begins with this. */
  readonly prefix?: UsernameKey | null;
  readonly skill?: SkillKey | null;
  /** Only users who accept requests and have a free place. */
  readonly accepting?: boolean;
  /** Only users with a mentor (true), or only users without one (false). */
  readonly hasMentor?: boolean | null;
}

export interface UserListQuery extends UserFilter {
  /** Only ids above this one; null for the first page (keyset pagination). */
  readonly after: number | null;
  readonly limit: number;
  /** How many users one page may examine, so that its cost is bounded when few of them match; `maxExamined` by default. */
  readonly examine?: number;
  /** Whether the entries have `mentoring`. */
  readonly withMentoring?: boolean;
}

/** At most `limit` users; fewer, even none, also when the page has examined as many as it may. */
export interface UserPage {
  readonly users: readonly UserListEntry[];
  /** The next page begins after this id; null on the last page. */
  readonly next: UserId | null;
}

/** Reads users for display: one query each, so each result is one consistent state. */
export interface UserDirectory {
  /** By ascending id. */
  list(query: UserListQuery): Promise<UserPage>;
  /** With at most `menteeLimit` mentees. */
  detail(id: UserId, menteeLimit: number): Promise<UserDetail | null>;
  /** The user with this name; null without one. */
  find(name: UsernameKey): Promise<Pick<UserListEntry, 'id' | 'username'> | null>;
  /** The data that a login is checked against, and whether a name is taken. */
  credentials(name: UsernameKey, network: string | null): Promise<Credentials>;
}

export interface Credentials {
  readonly account: {
    readonly id: UserId;
    /** null for a deactivated account: no password matches. */
    readonly passwordHash: PasswordHash | null;
    /** Whether this account has registered or logged in from this network before. */
    readonly knownNetwork: boolean;
  } | null;
  /** The iterations of the slowest older hash in the store; null without older hashes. */
  readonly slowestHash: number | null;
}
