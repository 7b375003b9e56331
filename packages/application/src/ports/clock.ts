import type { Instant } from '@mentorship/domain';

export interface Clock {
  now(): Instant;
}
