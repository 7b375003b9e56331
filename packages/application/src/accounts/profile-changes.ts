import {
  InvalidValue,
  isEncodedHash,
  type MentorProfile,
  optional,
  parseBio,
  parseCapacity,
  parseEmail,
  parseFields,
  type Password,
  parsePassword,
  parsePhone,
  parseSkills,
  parseUsernameKey,
} from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import type { UserView } from './view-user.ts';

/** The fields to change, and optionally the other fields of the detail as the client has read them. */
export interface ProfileUpdate extends Partial<Omit<MentorProfile, 'skills'>> {
  readonly skills?: readonly string[];
  readonly email?: string | null;
  readonly phone?: string | null;
  /** A username; null or blank removes the mentor. */
  readonly mentor?: string | null;
  /** A new password, or the user's own hash as shown, which changes nothing. */
  readonly password?: string;
  /** The current password: checked when sent, and required for a new password if the policy says so. */
  readonly currentPassword?: string;
  readonly id?: number;
  readonly username?: string;
  readonly mentorUsername?: string | null;
  readonly mentees?: readonly string[];
}

/**
 * Applies the rules for new passwords, which cost much more than reading the other fields. Throws `validation_failed`.
 */
export const judgePassword = (
  { passwordRules }: Pick<Ports, 'passwordRules'>,
  text: string,
  { username, email, phone }: Pick<UserView, 'username' | 'email' | 'phone'>,
): Password =>
  parseFields({ password: () => passwordRules.parse(text, [username, email ?? '', phone ?? '']) }).password;

/**
 * Reads the fields to change. Fields that are sent back as shown count as absent, whatever rules new values must keep: a
 * stored value may be older than a rule. A new password is not judged yet.
 * Throws `validation_failed`.
 */
export const readChanges = (
  { policy }: Pick<Ports, 'policy'>,
  update: ProfileUpdate,
  shown: UserView,
  currentPassword: string | undefined,
) => {
  const { password, ...sent } = withoutUnchanged(update, shown);
  const readNewPassword = (text: string): Password => {
    if (isEncodedHash(text))
      throw new InvalidValue('read_only', 'This is a password hash. Send a new password, or leave it out.');
    return parsePassword(text);
  };
  return withoutAbsent(
    parseFields({
      email: () => parseSent(optional(parseEmail), sent.email),
      phone: () => parseSent(optional(parsePhone), sent.phone),
      mentor: () => parseSent(optional(parseUsernameKey), sent.mentor),
      password: () => parseSent(readNewPassword, password),
      currentPassword: () => {
        if (policy.requireCurrentPassword && password !== undefined && currentPassword === undefined)
          throw new InvalidValue('required', 'Send your current password with the new one.');
      },
      mentorPolicy: () => sent.mentorPolicy,
      mentorCapacity: () => parseSent(parseCapacity, sent.mentorCapacity),
      bio: () => parseSent(optional(parseBio), sent.bio),
      skills: () => parseSent(parseSkills, sent.skills),
      id: () => refuseSent(sent.id, 'An id cannot be changed: leave it out.'),
      username: () => refuseSent(sent.username, 'A username cannot be changed: leave it out.'),
      mentorUsername: () => refuseSent(sent.mentorUsername, 'To change the mentor send "mentor".'),
      mentees: () => refuseSent(sent.mentees, 'Only mentees choose their mentor: leave it out.'),
    }),
  );
};

/** Whether a field is sent back as it was shown. */
export const isUnchanged = (sent: unknown, shown: unknown): boolean => JSON.stringify(sent) === JSON.stringify(shown);

const withoutUnchanged = (sent: ProfileUpdate, shown: UserView): ProfileUpdate =>
  Object.fromEntries(
    Object.entries(sent).filter(([field, value]) => !isUnchanged(value, shown[field as keyof UserView])),
  );

const parseSent = <Sent, Value>(parse: (value: Sent) => Value, value: Sent | undefined): Value | undefined =>
  value === undefined ? undefined : parse(value);

const refuseSent = (sent: unknown, hint: string): undefined => {
  if (sent !== undefined) throw new InvalidValue('read_only', hint);
};

const withoutAbsent = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Field in keyof Fields]?: Exclude<Fields[Field], undefined>;
  };
