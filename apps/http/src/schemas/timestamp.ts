import { type Instant, InvalidValue } from '@mentorship/domain';
import { fullFormats } from 'ajv-formats/dist/formats.js';

const { validate } = fullFormats['date-time'] as { validate: (text: string) => boolean };

/** Years of four digits. An offset can lead beyond them, where ISO texts no longer sort by time. */
const [first, last] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')] as const;

/** Reads a timestamp (RFC 3339). Throws `InvalidValue`. */
export const parseTimestamp = (text: string): Instant => {
  const at = validate(text) ? Date.parse(text) : Number.NaN;
  if (!(at >= first && at <= last))
    throw new InvalidValue(
      'invalid_moment',
      'Send a timestamp with its offset, such as 2026-01-31T12:00:00Z. In a URL, write the + of an offset as %2B.',
    );
  return at;
};

/** ISO 8601 in UTC (RFC 3339). */
export const presentTimestamp = (at: Instant): string => new Date(at).toISOString();
