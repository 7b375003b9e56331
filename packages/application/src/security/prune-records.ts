import { fromSeconds, type Instant } from '@mentorship/domain';
import type { Policy, Repositories } from '../ports/index.ts';

/** Deletes a bounded number of expired rows, and of old messages, in passing: at the end of the transaction of a write. */
export const pruneRecords = async (
  { sessions, attempts, securityEvents, mentorships }: Repositories,
  { requestRetention }: Pick<Policy, 'requestRetention'>,
  now: Instant,
): Promise<void> => {
  await sessions.prune(now);
  await attempts.prune(now);
  await securityEvents.prune(now);
  await mentorships.pruneMessages(now - fromSeconds(requestRetention));
};
