import type { Clock } from '@mentorship/application';
import type { Instant } from '@mentorship/domain';

export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that stands still until it is told otherwise, or waited for. It starts between two seconds: JWTs count whole ones. */
export const manualClock = (start: Instant = Date.UTC(2026, 0, 1) + 250): ManualClock => {
  let now = start;
  return {
    now: () => now,
    async waitUntil(moment) {
      now = Math.max(now, moment);
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
};

/** A clock that stands still, whoever waits for it. */
export const stoppedAt = (now: Instant): Clock => ({ now: () => now, waitUntil: async () => {} });

export const minutes = (count: number): number => count * 60_000;
