import type { Instant } from '@mentorship/domain';

/** How the store writes an instant: ISO 8601 text in UTC with milliseconds, which sorts by time. */
export const toTimestamp = (at: Instant): string => new Date(at).toISOString();

export const fromTimestamp = (text: string): Instant => Date.parse(text);

export const toNullableTimestamp = (at: Instant | null): string | null => (at === null ? null : toTimestamp(at));

export const fromNullableTimestamp = (text: string | null): Instant | null =>
  text === null ? null : fromTimestamp(text);
