import { unknownClient, type User } from '@mentorship/domain';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import type { AdministrationPorts } from './ports.ts';
import { requireUser } from './require-user.ts';

/** The user, whether anything has changed, and how many sessions have ended. */
export interface UserChange {
  readonly user: User;
  readonly changed: boolean;
  readonly endedSessions: number;
}

/** Refuses further logins to the account and ends its sessions; everything else stays. Throws `user_not_found`. */
export const deactivateUser =
  ({ storage, clock, policy }: Pick<AdministrationPorts, 'storage' | 'clock' | 'policy'>) =>
  ({ username }: { username: string }): Promise<UserChange> =>
    storage.atomically(async (repositories) => {
      const user = await requireUser(repositories, username);
      const userId = user.id;
      const at = clock.now();
      const record = recordEvents(policy, unknownClient, at);
      // This locks the user's row: a concurrent login either has opened its session by now, or is refused.
      const changed = await repositories.users.deactivate(userId, at);
      if (changed) await record(repositories, { type: 'account_deactivated', userId });
      const endedSessions = await endSessions(repositories, { userId }, { reason: 'account_deactivated', at, record });
      return { user, changed, endedSessions };
    });
