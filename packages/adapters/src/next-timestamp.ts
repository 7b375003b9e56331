import type { Clock } from '@mentorship/application';
import type { Instant } from '@mentorship/domain';

/** The longest wait for the clock to catch up. A timestamp further ahead comes from another machine's clock. */
const maxWaitMs = 10;

/**
 * Returns a timestamp later than the last one. It waits until that time has come, so that no acknowledged change lies in
 * the future; only when machines' clocks differ does it return a future timestamp.
 */
export const nextTimestamp = async (last: Instant | null, clock: Clock): Promise<Instant> => {
  const now = clock.now();
  if (last === null || last < now) return now;
  const next = last + 1;
  if (next - now <= maxWaitMs) await clock.waitUntil(next);
  return next;
};
