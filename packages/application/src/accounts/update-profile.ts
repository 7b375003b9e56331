import {
  type Actor,
  InvalidValue,
  isShownHash,
  optional,
  type Password,
  parseEmail,
  parseFields,
  parsePassword,
  parsePhone,
  parseText,
  refuse,
  type UserId,
} from '@mentorship/domain';
import type { Ports } from '../ports/index.ts';
import { linkMentor } from './link-mentor.ts';
import { type UserView, viewUser } from './view-user.ts';

/** What the user sends: the fields to change, and perhaps the rest of the detail just as it was read. */
export interface ProfileUpdate {
  readonly email?: string | null;
  readonly phone?: string | null;
  /** A username; null or blank leaves the user without a mentor. */
  readonly mentor?: string | null;
  /** A new password, or one's own shown one, which changes nothing. */
  readonly password?: string;
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
 * Throws `not_yourself`, `validation_failed`, `self_mentoring`, `mentor_cycle`, and `access_token_refused` when the
 * acting session has ended meanwhile and so may set no password.
 */
export const updateProfile =
  (deps: Pick<Ports, 'storage' | 'userDirectory' | 'passwordHasher' | 'clock' | 'policy'>) =>
  async ({ actor, userId, update }: { actor: Actor; userId: UserId; update: ProfileUpdate }): Promise<UserView> => {
    requireYourself(actor, userId);
    const view = viewUser(deps);
    const shown = await view({ actor, userId });
    const { mentor, password, ...contact } = readChanges(update, shown);
    if (mentor === undefined && password === undefined && Object.keys(contact).length === 0) return shown;
    const passwordHash = password && (await deps.passwordHasher.hash(password));
    const changes = { ...contact, ...(passwordHash && { passwordHash }) };

    await deps.storage.atomically(async (repositories) => {
      const { users, mentorships, sessions } = repositories;
      if (mentor !== undefined) await mentorships.lockGraph();
      // Not before the lock: who waited for it longer would write an earlier moment into the history.
      const at = deps.clock.now();
      if (mentor !== undefined)
        await linkMentor(repositories, { mentee: userId, mentorName: mentor, field: 'mentor', at });
      await users.change(userId, changes);
      // The row of the user is locked by now: of two passwords at once, the session of the second has been ended by the first.
      const session = { id: actor.sessionId, userId };
      if (passwordHash && !(await sessions.endOthers(session, 'password_changed', at)))
        throw refuse('access_token_refused');
    });
    return view({ actor, userId });
  };

/** What is to be changed. Fields of the detail that came back as they were count as not sent. */
const readChanges = (update: ProfileUpdate, shown: UserView) =>
  withoutAbsent(
    parseFields({
      email: () => given(optional(parseEmail), update.email),
      phone: () => given(optional(parsePhone), update.phone),
      mentor: () => given(optional(parseText), update.mentor),
      password: () => given(readNewPassword, update.password === shown.password ? undefined : update.password),
      id: () => unchanged(update.id, shown.id, 'Ids never change: leave it out.'),
      username: () => unchanged(update.username, shown.username, 'A username cannot be changed: leave it out.'),
      mentorUsername: () =>
        unchanged(update.mentorUsername, shown.mentorUsername, 'To change the mentor send "mentor".'),
      mentees: () => unchanged(update.mentees, shown.mentees, 'Only mentees choose their mentor: leave it out.'),
    }),
  );

const readNewPassword = (text: string): Password => {
  if (isShownHash(text))
    throw new InvalidValue('read_only', 'This says how a password is kept. Send a new password, or leave it out.');
  return parsePassword(text);
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
