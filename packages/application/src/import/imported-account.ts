import type { Instant, User, UserId, Username } from '@mentorship/domain';

/** An account as another system has kept it: nothing of it has been through our rules. What cannot be read is null. */
export interface ForeignAccount {
  readonly id: string | null;
  readonly username: string | null;
  readonly passwordHash: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** The id that the mentor has there. */
  readonly mentorId: string | null;
  readonly active: boolean | null;
  /** As it is written there, and the moment that it means. */
  readonly joined: { readonly written: string | null; readonly at: Instant | null };
}

/** A user to be, with the mentor to be. */
export interface ImportedUser extends Omit<User, 'profile'> {
  readonly mentorId: UserId | null;
}

/** Every way in which an account comes over other than it was. */
export type DeviationKind =
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

/** What is other than it was, of one account by the id and the name that it has here; null stands for nothing. */
export interface Deviation {
  readonly id: UserId;
  readonly username: Username;
  readonly what: DeviationKind;
  readonly from: string | null;
  readonly to: string | null;
}

/** The same before it is known whose it is. */
export type Departure = Omit<Deviation, 'id' | 'username'>;
