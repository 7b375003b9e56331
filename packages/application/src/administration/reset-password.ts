import { parseFields, refuse, unknownClient } from '@mentorship/domain';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import type { UserChange } from './deactivate-user.ts';
import type { AdministrationPorts } from './ports.ts';
import { requireUser } from './require-user.ts';

/**
 * Sets a new password and ends every session of the user. A deactivated account stays deactivated.
 * Throws `user_not_found` and `validation_failed`.
 */
export const resetPassword =
  ({ storage, passwordHasher, passwordRules, clock, policy }: AdministrationPorts) =>
  async ({ username, password }: { username: string; password: string }): Promise<UserChange> => {
    const user = await storage.atomically((repositories) => requireUser(repositories, username));
    const { id: userId, email, phone } = user;
    const read = parseFields({
      password: () => passwordRules.parse(password, [user.username, email ?? '', phone ?? '']),
    });
    const passwordHash = await passwordHasher.hash(read.password);
    return storage.atomically(async (repositories) => {
      const at = clock.now();
      const record = recordEvents(policy, unknownClient, at);
      if (!(await repositories.users.change(userId, { passwordHash }))) throw refuse('user_not_found');
      await record(repositories, { type: 'password_changed', userId });
      const endedSessions = await endSessions(repositories, { userId }, { reason: 'password_changed', at, record });
      return { user, changed: true, endedSessions };
    });
  };
