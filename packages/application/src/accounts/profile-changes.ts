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
  parsePhone,
  parseSkills,
  parseUsernameKey,
} from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import type { UserView } from './view-user.ts';

/** What the user sends: the fields to change, and perhaps the rest of the detail just as it was read. */
export interface ProfileUpdate extends Partial<Omit<MentorProfile, 'skills'>> {
  readonly skills?: readonly string[];
  readonly email?: string | null;
  readonly phone?: string | null;
  /** A username; null or blank leaves the user without a mentor. */
  readonly mentor?: string | null;
  /** A new password, or one's own shown one, which changes nothing. */
  readonly password?: string;
  /** The present password: checked when it is sent, and needed for a new one where the policy says so. */
  readonly currentPassword?: string;
  readonly id?: number;
  readonly username?: string;
  readonly mentorUsername?: string | null;
  readonly mentees?: readonly string[];
}

/** What is to be changed. Fields of the detail that came back as they were count as not sent. */
export const readChanges = (
  { passwordRules, policy }: Pick<Ports, 'passwordRules' | 'policy'>,
  update: ProfileUpdate,
  shown: UserView,
  currentPassword: string | undefined,
) => {
  const newPassword = update.password === shown.password ? undefined : update.password;
  const readNewPassword = (text: string): Password => {
    if (isEncodedHash(text))
      throw new InvalidValue('read_only', 'This says how a password is kept. Send a new password, or leave it out.');
    return passwordRules.parse(text, [
      shown.username,
      update.email ?? shown.email ?? '',
      update.phone ?? shown.phone ?? '',
    ]);
  };
  return withoutAbsent(
    parseFields({
      email: () => given(optional(parseEmail), update.email),
      phone: () => given(optional(parsePhone), update.phone),
      mentor: () => given(optional(parseUsernameKey), update.mentor),
      password: () => given(readNewPassword, newPassword),
      currentPassword: () => {
        if (policy.requireCurrentPassword && newPassword !== undefined && currentPassword === undefined)
          throw new InvalidValue('required', 'Send your present password beside the new one.');
      },
      mentorPolicy: () => update.mentorPolicy,
      mentorCapacity: () => given(parseCapacity, update.mentorCapacity),
      bio: () => given(optional(parseBio), update.bio),
      skills: () => given(parseSkills, update.skills),
      id: () => unchanged(update.id, shown.id, 'Ids never change: leave it out.'),
      username: () => unchanged(update.username, shown.username, 'A username cannot be changed: leave it out.'),
      mentorUsername: () =>
        unchanged(update.mentorUsername, shown.mentorUsername, 'To change the mentor send "mentor".'),
      mentees: () => unchanged(update.mentees, shown.mentees, 'Only mentees choose their mentor: leave it out.'),
    }),
  );
};

const given = <Sent, Value>(parse: (value: Sent) => Value, value: Sent | undefined): Value | undefined =>
  value === undefined ? undefined : parse(value);

const unchanged = (sent: unknown, shown: unknown, hint: string): undefined => {
  if (sent !== undefined && JSON.stringify(sent) !== JSON.stringify(shown)) throw new InvalidValue('read_only', hint);
};

const withoutAbsent = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Field in keyof Fields]?: Exclude<Fields[Field], undefined>;
  };
