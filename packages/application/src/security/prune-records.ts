import type { Instant } from '@mentorship/domain';
import type { Repositories } from '../ports/index.ts';

/** Deletes a bounded number of expired rows in passing, within the transaction of a write. */
export const pruneRecords = async (
  { sessions, attempts, securityEvents }: Repositories,
  now: Instant,
): Promise<void> => {
  await sessions.prune(now);
  await attempts.prune(now);
  await securityEvents.prune(now);
};
