import { InvalidValue } from './failure.ts';

/** Text that every store and every hash keeps as it is: no lone surrogates (they hash alike), no NUL (PostgreSQL has none). */
export const parseText = (text: string): string => {
  if (!text.isWellFormed() || text.includes('\0'))
    throw new InvalidValue('invalid_text', 'Send well-formed Unicode text without NUL characters.');
  return text;
};

/** A parser of what people write to each other, in lines: of control characters only tabs and the ends of lines, and no more than so many in all. */
export const proseParser =
  (most: number) =>
  (text: string): string => {
    if (codePoints(parseText(text)) > most) throw new InvalidValue('too_long', `Use at most ${most} characters.`);
    if (/[^\P{Cc}\t\n\r]/u.test(text))
      throw new InvalidValue(
        'invalid_text',
        'Send text without control characters, other than tabs and ends of lines.',
      );
    return text;
  };

/** The length a person would count, in code points: an emoji is one, where `length` says two. */
export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/**
 * What makes two words the same word, whatever their case; the same on every database.
 * Lower, upper, lower folds what one step leaves apart (ß and ss, both sigmas).
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
