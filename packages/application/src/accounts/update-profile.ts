import {
  type Actor,
  type Client,
  InvalidValue,
  type MentorProfile,
  isShownHash,
  optional,
  parseBio,
  parseCapacity,
  type Password,
  parseEmail,
  parseFields,
  parsePhone,
  parseSkills,
  parseText,
  refuse,
  requireCapacityFor,
  unknownClient,
  type UserId,
} from '@mentorship/domain';
import { linkMentor } from '../mentorships/link-mentor.ts';
import type { Ports } from '../ports/index.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';
import { confirmPassword } from '../security/confirm-password.ts';
import { noteEvents } from '../security/note-events.ts';
import { type UserView, viewUser } from './view-user.ts';

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

/** Everyone changes only themselves. Throws `not_yourself`, whether or not the other user exists. */
export const requireYourself = (actor: Actor, userId: UserId): void => {
  if (actor.userId !== userId) throw refuse('not_yourself');
};

/**
 * Writes what was sent and nothing else, all of it or none; a new password ends the user's other sessions.
 * Throws `not_yourself`, `validation_failed`, `capacity_below_mentees`, what `linkMentor` and `confirmPassword` throw, and
 * `access_token_refused` when the account or the acting session has ended meanwhile.
 */
export const updateProfile =
  (deps: Parameters<typeof confirmPassword>[0] & Pick<Ports, 'passwordRules'>) =>
  async ({
    actor,
    userId,
    update: { currentPassword, ...update },
    client = unknownClient,
  }: {
    actor: Actor;
    userId: UserId;
    update: ProfileUpdate;
    client?: Client;
  }): Promise<UserView> => {
    requireYourself(actor, userId);
    const view = viewUser(deps);
    const shown = await view({ actor, userId });
    const { mentor, password, ...fields } = readChanges(deps, update, shown, currentPassword);
    const verified =
      currentPassword === undefined ? null : await confirmPassword(deps, { actor, typed: currentPassword, client });
    if (mentor === undefined && password === undefined && Object.keys(fields).length === 0) return shown;
    const passwordHash = password && (await deps.passwordHasher.hash(password));
    const changes = { ...fields, ...(passwordHash && { passwordHash }) };
    const { mentorPolicy, mentorCapacity } = fields;
    const locks = [mentor, mentorPolicy, mentorCapacity].some((value) => value !== undefined);

    await deps.storage.atomically(async (repositories) => {
      const { users, mentorships } = repositories;
      const now = deps.clock.now();
      const at = locks ? await mentorships.lockGraph(now) : now;
      if (typeof mentorCapacity === 'number')
        requireCapacityFor(await mentorships.countMentees(userId), mentorCapacity);
      if (mentor !== undefined)
        await linkMentor(repositories, { mentee: userId, mentorName: mentor, field: 'mentor', at });
      if (!(await users.change(userId, changes, verified))) throw refuse('access_token_refused');
      // The row of the user is locked by now: of two sessions that set a password at once, the second has been ended by the first.
      await requireOpenSession(repositories, actor);
      if (!passwordHash) return;
      const { sessionId } = actor;
      const note = noteEvents(deps.policy, client, at);
      await note(repositories, { type: 'password_changed', userId, sessionId });
      await endSessions(repositories, { userId, except: sessionId }, { reason: 'password_changed', at, note });
    });
    return view({ actor, userId });
  };

/** What is to be changed. Fields of the detail that came back as they were count as not sent. */
const readChanges = (
  { passwordRules, policy }: Pick<Ports, 'passwordRules' | 'policy'>,
  update: ProfileUpdate,
  shown: UserView,
  currentPassword: string | undefined,
) => {
  const newPassword = update.password === shown.password ? undefined : update.password;
  const readNewPassword = (text: string): Password => {
    if (isShownHash(text))
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
      mentor: () => given(optional(parseText), update.mentor),
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
