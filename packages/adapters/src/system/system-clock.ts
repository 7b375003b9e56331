import type { Clock } from '@mentorship/application';

export const systemClock: Clock = { now: () => Date.now() };
