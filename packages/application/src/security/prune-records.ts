import type { Instant } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/** Clears away in passing, a bounded number at a time, what nobody needs any longer. */
export const pruneRecords = async (
  { sessions, attempts, securityEvents }: Repositories,
  now: Instant,
): Promise<void> => {
  await sessions.prune(now);
  await attempts.prune(now);
  await securityEvents.prune(now);
};
