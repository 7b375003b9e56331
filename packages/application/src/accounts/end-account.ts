import { type Actor, type Client, refuse, unknownClient } from '@mentorship/domain';
import { confirmPassword, type ConfirmPasswordPorts, countPasswordUse } from '../security/confirm-password.ts';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';
import { type Accepts, requireAccepted, requireStillAccepted } from './accepted-state.ts';
import { viewUser } from './view-user.ts';

/**
 * Ends the actor's account: ends its sessions and mentorships, and erases name, contact, profile, messages and hash.
 * The history of other users keeps a pseudonym.
 * `accepts` is asked as in `updateProfile`: `precondition_failed` if it refuses.
 * Throws `too_many_attempts` when the account's `PASSWORD_BUDGET` is used up, what `confirmPassword` throws, and `access_token_refused` when the account or the session has ended meanwhile.
 */
export const endAccount =
  (deps: ConfirmPasswordPorts) =>
  async ({
    actor,
    currentPassword,
    client = unknownClient,
    accepts = null,
  }: {
    actor: Actor;
    currentPassword: string;
    client?: Client;
    accepts?: Accepts;
  }): Promise<void> => {
    const { userId, sessionId } = actor;
    if (accepts !== null) requireAccepted(await viewUser(deps)({ actor, userId }), accepts);
    await countPasswordUse(deps, actor);
    const verified = await confirmPassword(deps, { actor, typed: currentPassword, client });
    await deps.storage.atomically(async (repositories) => {
      const { users, mentorships, sessions } = repositories;
      const at = await mentorships.lockGraph(deps.clock);
      const record = recordEvents(deps.policy, client, at);
      await requireStillAccepted(repositories, actor, deps.policy, accepts);
      if (!(await users.erase(userId, verified, at))) throw refuse('access_token_refused');
      // Erasing has locked the user's row: a password change in another session has ended this session before, or
      // waits.
      await requireOpenSession(repositories, actor);
      await mentorships.closeAll({ user: userId, reason: 'account_ended', at });
      await mentorships.eraseMessages(userId);
      await record(repositories, { type: 'account_ended', userId, sessionId });
      await endSessions(repositories, { userId }, { reason: 'account_ended', at, record });
      await sessions.eraseClients(userId);
    });
    await deps.storage.eraseTraces();
  };
