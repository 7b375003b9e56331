import { type Actor, type Client, refuse, unknownClient } from '@mentorship/domain';
import { confirmPassword, type ConfirmPasswordPorts, countPasswordUse } from '../security/confirm-password.ts';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import { requireOpenSession } from '../sessions/require-open-session.ts';

/**
 * Ends the actor's account: ends its sessions and mentorships, and erases name, contact, profile, messages and hash.
 * The history of other users keeps a pseudonym.
 * Throws `too_many_attempts` when the account's `PASSWORD_BUDGET` is used up, what `confirmPassword` throws, and `access_token_refused` when the account or the session has ended meanwhile.
 */
export const endAccount =
  (deps: ConfirmPasswordPorts) =>
  async ({
    actor,
    currentPassword,
    client = unknownClient,
  }: {
    actor: Actor;
    currentPassword: string;
    client?: Client;
  }): Promise<void> => {
    const { userId, sessionId } = actor;
    await countPasswordUse(deps, actor);
    const verified = await confirmPassword(deps, { actor, typed: currentPassword, client });
    await deps.storage.atomically(async (repositories) => {
      const { users, mentorships, sessions } = repositories;
      const at = await mentorships.lockGraph(deps.clock);
      const record = recordEvents(deps.policy, client, at);
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
