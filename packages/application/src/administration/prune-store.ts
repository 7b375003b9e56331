import { type Instant, keyRetentionMs } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';
import type { AdministrationPorts, OnProgress } from './ports.ts';

/** Everything that goes once its time is over, and how a bounded number of it does. */
const kinds = {
  sessions: ({ sessions }: Repositories, now: Instant) => sessions.prune(now),
  attempts: ({ attempts }: Repositories, now: Instant) => attempts.prune(now),
  events: ({ securityEvents }: Repositories, now: Instant) => securityEvents.prune(now),
  keys: ({ signingKeys }: Repositories, now: Instant) => signingKeys.prune(now - keyRetentionMs),
};

/** How many of each kind have gone. */
export type Pruned = Record<keyof typeof kinds, number>;

/** Clears away, a bounded number at a time and until nothing is left, what nobody needs any longer. */
export const pruneStore =
  ({ storage, clock }: Pick<AdministrationPorts, 'storage' | 'clock'>) =>
  async ({ onProgress = () => {} }: { onProgress?: OnProgress } = {}): Promise<Pruned> => {
    const gone: Pruned = { sessions: 0, attempts: 0, events: 0, keys: 0 };
    let all = 0;
    for (const kind of Object.keys(kinds) as (keyof Pruned)[])
      for (let count; (count = await storage.atomically((from) => kinds[kind](from, clock.now()))) > 0;) {
        gone[kind] += count;
        onProgress((all += count));
      }
    return gone;
  };
