import { InvalidValue } from './failure.ts';

/**
 * Refuses text that a store or a hash would change: lone surrogates (all hash alike) and NUL (PostgreSQL cannot store
 * it). Throws `InvalidValue`.
 */
export const parseText = (text: string): string => {
  if (!text.isWellFormed() || text.includes('\0'))
    throw new InvalidValue('invalid_text', 'Send well-formed Unicode text without NUL characters.');
  return text;
};

/** Canonical decomposition makes at most this many UTF-16 units of one code point (UAX #15, Unicode's FAQ on it). */
const unitsPerCodePoint = 4;

/**
 * Whether the text has more than `maxLength` code points in every normal form. Ask before anything costs more than
 * reading the text once: to sort combining marks, normalisation takes quadratic time.
 */
export const isOverlong = (text: string, maxLength: number): boolean => text.length > maxLength * unitsPerCodePoint;

/** Throws `InvalidValue` for overlong text. */
export const requireBounded = (text: string, maxLength: number): string => {
  if (isOverlong(text, maxLength)) throw new InvalidValue('too_long', `Use at most ${maxLength} characters.`);
  return text;
};

/** The key of overlong text: no name or skill has it, because keys are trimmed. */
export const unusedKey = ' ';

/**
 * Returns a parser of multi-line text: no control characters but tabs and line breaks, and at most `maxLength` code
 * points.
 */
export const proseParser =
  (maxLength: number) =>
  (text: string): string => {
    if (codePoints(requireBounded(parseText(text), maxLength)) > maxLength)
      throw new InvalidValue('too_long', `Use at most ${maxLength} characters.`);
    if (/[^\P{Cc}\t\n\r]/u.test(text))
      throw new InvalidValue('invalid_text', 'Send text without control characters other than tabs and line breaks.');
    return text;
  };

/** The length in code points: an emoji counts as one, where `length` counts two. */
export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/**
 * Folds case in the same way for every database. Lower, upper, lower maps together what one step leaves apart (ß and
 * ss, both sigmas).
 */
export const foldCase = (text: string): string =>
  text.trim().normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');

/** Whether the client sent a value: null and blank text count as absent. */
export const isSent = (text: string | null | undefined): text is string =>
  text !== null && text !== undefined && text.trim() !== '';

/** Makes a parser return null for an absent value. */
export const optional =
  <Value>(parse: (text: string) => Value) =>
  (text: string | null | undefined): Value | null =>
    isSent(text) ? parse(text) : null;
