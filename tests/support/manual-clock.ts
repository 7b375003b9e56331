import type { Clock } from '@mentorship/application';
import type { Instant } from '@mentorship/domain';

export interface ManualClock extends Clock {
  advance(milliseconds: number): void;
}

/** A clock that only tests advance. It starts between two full seconds, because JWTs count whole ones. */
export const manualClock = (start: Instant = Date.UTC(2026, 0, 1) + 250): ManualClock => {
  let now = start;
  return {
    now: () => now,
    async waitUntil(timestamp) {
      now = Math.max(now, timestamp);
    },
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
};

/** A clock that never advances; `waitUntil` resolves at once. */
export const stoppedAt = (now: Instant): Clock => ({ now: () => now, waitUntil: async () => {} });

/** Converts minutes to milliseconds. */
export const minutes = (count: number): number => count * 60_000;
