import type { Clock } from '@mentorship/application';
import type { Instant } from '@mentorship/domain';

/** How far ahead a moment may be and still be waited for, in milliseconds: further ahead only the clock of another machine is. */
const patience = 10;

/**
 * A moment that comes after the last one and, but for machines whose clocks differ, is not in the future: what is
 * acknowledged has been.
 */
export const nextTimestamp = async (last: Instant | null, clock: Clock): Promise<Instant> => {
  const now = clock.now();
  if (last === null || last < now) return now;
  const next = last + 1;
  if (next - now <= patience) await clock.waitUntil(next);
  return next;
};
