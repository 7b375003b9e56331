import type { Instant, User, UserId, Username } from '@mentorship/domain';

/** An account as another system has it, not checked by our rules. A value that cannot be read is null. */
export interface ForeignAccount {
  readonly id: string | null;
  readonly username: string | null;
  readonly passwordHash: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** The id of the mentor in that system. */
  readonly mentorId: string | null;
  readonly active: boolean | null;
  /** The text in that system, and the time that it means. */
  readonly joined: { readonly written: string | null; readonly at: Instant | null };
}

/** A user to be written, and the id of the mentor. */
export interface ImportedUser extends Omit<User, 'profile'> {
  readonly mentorId: UserId | null;
}

/** Every way in which an import changes an account. Reports hold these codes. */
export type ImportChangeType =
  | 'id_changed'
  | 'username_normalised'
  | 'username_replaced'
  | 'username_renamed'
  | 'email_trimmed'
  | 'email_left_out'
  | 'phone_trimmed'
  | 'phone_left_out'
  | 'mentor_oneself'
  | 'mentor_unknown'
  | 'mentor_loop'
  | 'password_unusable'
  | 'activity_unknown'
  | 'joined_unknown';

/** A change that an import makes to an account; null for no value. */
export interface AccountChange {
  readonly what: ImportChangeType;
  readonly from: string | null;
  readonly to: string | null;
}

/** The same with the account, by its id and name in this service. */
export interface ImportChange extends AccountChange {
  readonly id: UserId;
  readonly username: Username;
}
