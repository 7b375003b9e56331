import { unknownClient } from '@mentorship/domain';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import type { UserChange } from './deactivate-user.ts';
import type { AdministrationPorts } from './ports.ts';
import { requireUser } from './require-user.ts';

/** Ends every session of the user. Throws `user_not_found`. */
export const endUserSessions =
  ({ storage, clock, policy }: Pick<AdministrationPorts, 'storage' | 'clock' | 'policy'>) =>
  ({ username }: { username: string }): Promise<UserChange> =>
    storage.atomically(async (repositories) => {
      const user = await requireUser(repositories, username);
      const at = clock.now();
      const record = recordEvents(policy, unknownClient, at);
      const endedSessions = await endSessions(repositories, { userId: user.id }, { reason: 'revoked', at, record });
      return { user, changed: endedSessions > 0, endedSessions };
    });
