import type { Instant } from '@mentorship/domain';

export const toText = (at: Instant): string => new Date(at).toISOString();

export const fromText = (text: string): Instant => Date.parse(text);
