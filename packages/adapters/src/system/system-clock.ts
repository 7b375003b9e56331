import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@mentorship/application';

export const systemClock: Clock = {
  now: () => Date.now(),
  // A timer counts by another clock than this, and may be a fraction of a millisecond early.
  async waitUntil(moment) {
    for (let left; (left = moment - Date.now()) > 0;) await delay(left);
  },
};
