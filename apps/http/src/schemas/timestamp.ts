import { type Instant, InvalidValue } from '@mentorship/domain';
import { fullFormats } from 'ajv-formats/dist/formats.js';

const { validate } = fullFormats['date-time'] as { validate: (text: string) => boolean };

/** What four digits of a year can say. An offset leads beyond it, where neither our answers nor the order of texts in a database hold. */
const [first, last] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')] as const;

/** Reads a moment of RFC 3339. Throws `InvalidValue`. */
export const parseTimestamp = (text: string): Instant => {
  const at = validate(text) ? Date.parse(text) : Number.NaN;
  if (!(at >= first && at <= last))
    throw new InvalidValue(
      'invalid_moment',
      'Send a moment with its offset, such as 2026-01-31T12:00:00Z (in a URL, a + of the offset is written %2B).',
    );
  return at;
};

/** ISO 8601 in UTC (RFC 3339). */
export const presentTimestamp = (at: Instant): string => new Date(at).toISOString();
