import { unknownClient } from '@mentorship/domain';
import { recordEvents } from '../security/record-events.ts';
import { endSessions } from '../sessions/end-sessions.ts';
import type { AdministrationPorts, OnProgress } from './ports.ts';

/** How many users are logged out in one transaction: nobody waits long who logs in meanwhile. */
const batch = 100;

/** Logs everybody out, so many users at a time. Resolves to how many sessions have ended; `onProgress` counts users. */
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
      const users = await userDirectory.list({ after, limit: batch });
      const last = users.at(-1);
      if (last === undefined) return ended;
      ended += await storage.atomically(async (repositories) => {
        const at = clock.now();
        const record = recordEvents(policy, unknownClient, at);
        let count = 0;
        for (const { id } of users)
          count += await endSessions(repositories, { userId: id }, { reason: 'revoked', at, record });
        return count;
      });
      after = last.id;
      onProgress((seen += users.length));
    }
  };
