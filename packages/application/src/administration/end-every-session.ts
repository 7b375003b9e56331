import { unknownClient } from '@mentorship/domain';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import type { AdministrationPorts, OnProgress } from './ports.ts';

/** How many users one transaction logs out: a small batch keeps concurrent logins from waiting long. */
const usersPerBatch = 100;

/**
 * Logs all users out, in batches. Resolves to the number of ended sessions; `onProgress` gets the number of users done.
 */
export const endEverySession =
  ({
    storage,
    userDirectory,
    clock,
    policy,
  }: Pick<AdministrationPorts, 'storage' | 'userDirectory' | 'clock' | 'policy'>) =>
  async ({ onProgress = () => {} }: { onProgress?: OnProgress } = {}): Promise<number> => {
    let [ended, seen] = [0, 0];
    for (let after: number | null = null; ;) {
      const { users, next } = await userDirectory.list({ after, limit: usersPerBatch });
      ended += await storage.atomically(async (repositories) => {
        const at = clock.now();
        const record = recordEvents(policy, unknownClient, at);
        let count = 0;
        for (const { id } of users)
          count += await endSessions(repositories, { userId: id }, { reason: 'revoked', at, record });
        return count;
      });
      onProgress((seen += users.length));
      if (next === null) return ended;
      after = next;
    }
  };
