import { type Actor, type Client, refuse, requireCapacityFor, unknownClient, type UserId } from '@mentorship/domain';
import { linkMentor, unknownMentor } from '../mentorships/link-mentor.ts';
import type { Ports } from '../ports/index.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';
import { confirmPassword, type ConfirmPasswordPorts, countPasswordUse } from '../security/confirm-password.ts';
import { recordEvents } from '../security/record-events.ts';
import { type Accepts, requireAccepted, requireStillAccepted } from './accepted-state.ts';
import { judgePassword, type ProfileUpdate, readChanges } from './profile-changes.ts';
import { type UserView, viewUser } from './view-user.ts';

/** Throws `not_yourself` for the id of any other user, whether or not that user exists. */
export const requireYourself = (actor: Actor, userId: UserId): void => {
  if (actor.userId !== userId) throw refuse('not_yourself');
};

/**
 * Changes the fields that were sent, all or none. A new password ends the user's other sessions. `accepts` tells whether
 * the client accepts the current detail as the one to change; it is asked again under the locks of the change.
 * Throws `not_yourself`, `precondition_failed`, `validation_failed`, `capacity_below_mentees`, `too_many_attempts` when
 * the account's `PASSWORD_BUDGET` is used up, what `linkMentor` and `confirmPassword` throw, and `access_token_refused` when the account or the acting session has ended meanwhile.
 */
export const updateProfile =
  (deps: ConfirmPasswordPorts & Pick<Ports, 'passwordRules'>) =>
  async ({
    actor,
    userId,
    update: { currentPassword, ...update },
    client = unknownClient,
    accepts = null,
  }: {
    actor: Actor;
    userId: UserId;
    update: ProfileUpdate;
    client?: Client;
    accepts?: Accepts;
  }): Promise<UserView> => {
    requireYourself(actor, userId);
    const view = viewUser(deps);
    const shown = await view({ actor, userId });
    requireAccepted(shown, accepts);
    const { mentor, password: typed, ...fields } = readChanges(deps, update, shown, currentPassword);
    if (mentor && (await deps.userDirectory.find(mentor)) === null) throw unknownMentor('mentor');
    if (typed !== undefined || currentPassword !== undefined) await countPasswordUse(deps, actor);
    const verified =
      currentPassword === undefined ? null : await confirmPassword(deps, { actor, typed: currentPassword, client });
    const password = typed && judgePassword(deps, typed, { ...shown, ...fields });
    if (mentor === undefined && password === undefined && Object.keys(fields).length === 0) return shown;
    const passwordHash = password && (await deps.passwordHasher.hash(password));
    const changes = { ...fields, ...(passwordHash && { passwordHash }) };
    const { mentorPolicy, mentorCapacity } = fields;
    // The detail shows mentor and mentees, which change under this lock only.
    const locksGraph = accepts !== null || [mentor, mentorPolicy, mentorCapacity].some((value) => value !== undefined);

    await deps.storage.atomically(async (repositories) => {
      const { users, mentorships } = repositories;
      const at = locksGraph ? await mentorships.lockGraph(deps.clock) : deps.clock.now();
      await requireStillAccepted(repositories, actor, deps.policy, accepts);
      if (typeof mentorCapacity === 'number')
        requireCapacityFor(await mentorships.countMentees(userId), mentorCapacity);
      if (mentor !== undefined) await linkMentor(repositories, { mentee: userId, mentor, field: 'mentor', at });
      if (!(await users.change(userId, changes, verified))) throw refuse('access_token_refused');
      // The change has locked the user's row: of two sessions that set a password at once, the first has ended the
      // second.
      await requireOpenSession(repositories, actor);
      if (!passwordHash) return;
      const { sessionId } = actor;
      const record = recordEvents(deps.policy, client, at);
      await record(repositories, { type: 'password_changed', userId, sessionId });
      await endSessions(repositories, { userId, except: sessionId }, { reason: 'password_changed', at, record });
    });
    return view({ actor, userId });
  };
