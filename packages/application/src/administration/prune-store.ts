import { fromSeconds, type Instant, keyRetentionMs } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';
import type { AdministrationPorts, OnProgress } from './ports.ts';

type Policy = AdministrationPorts['policy'];

/** How to delete a bounded number of the expired rows of each type; `messages` are erased from requests that stay. */
const prunes = {
  sessions: ({ sessions }: Repositories, now: Instant) => sessions.prune(now),
  attempts: ({ attempts }: Repositories, now: Instant) => attempts.prune(now),
  events: ({ securityEvents }: Repositories, now: Instant) => securityEvents.prune(now),
  keys: ({ signingKeys }: Repositories, now: Instant) => signingKeys.prune(now - keyRetentionMs),
  messages: ({ mentorships }: Repositories, now: Instant, { requestRetention }: Policy) =>
    mentorships.pruneMessages(now - fromSeconds(requestRetention)),
};

/** The number of deleted rows of each type, and of requests whose messages were erased. */
export type Pruned = Record<keyof typeof prunes, number>;

/** Deletes all expired rows, a bounded number per transaction. `onProgress` gets the number of rows deleted so far. */
export const pruneStore =
  ({ storage, clock, policy }: Pick<AdministrationPorts, 'storage' | 'clock' | 'policy'>) =>
  async ({ onProgress = () => {} }: { onProgress?: OnProgress } = {}): Promise<Pruned> => {
    const deleted: Pruned = { sessions: 0, attempts: 0, events: 0, keys: 0, messages: 0 };
    let total = 0;
    for (const type of Object.keys(prunes) as (keyof Pruned)[]) {
      for (;;) {
        const count = await storage.atomically((repositories) => prunes[type](repositories, clock.now(), policy));
        if (count === 0) break;
        deleted[type] += count;
        total += count;
        onProgress(total);
      }
    }
    return deleted;
  };
