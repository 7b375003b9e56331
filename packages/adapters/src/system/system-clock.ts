import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@mentorship/application';

export const systemClock: Clock = {
  now: () => Date.now(),
  // Timers use another clock than Date, and may fire a fraction of a millisecond early.
  async waitUntil(instant) {
    for (let left; (left = instant - Date.now()) > 0;) await delay(left);
  },
};
