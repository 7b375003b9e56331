import type { Instant } from '@mentorship/domain';

/** What time it is: the domain never asks by itself. */
export interface Clock {
  now(): Instant;
  /** Resolves once it is that moment. */
  waitUntil(moment: Instant): Promise<void>;
}
