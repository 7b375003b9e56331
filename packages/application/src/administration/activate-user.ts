import { unknownClient } from '@mentorship/domain';
import { recordEvents } from '../security/record-events.ts';
import type { UserChange } from './deactivate-user.ts';
import type { AdministrationPorts } from './ports.ts';
import { requireUser } from './require-user.ts';

/** Lets a deactivated user log in again. Throws `user_not_found`. */
export const activateUser =
  ({ storage, clock, policy }: Pick<AdministrationPorts, 'storage' | 'clock' | 'policy'>) =>
  ({ username }: { username: string }): Promise<UserChange> =>
    storage.atomically(async (repositories) => {
      const user = await requireUser(repositories, username);
      const changed = await repositories.users.activate(user.id);
      const record = recordEvents(policy, unknownClient, clock.now());
      if (changed) await record(repositories, { type: 'account_activated', userId: user.id });
      return { user, changed, endedSessions: 0 };
    });
