import { InvalidValue } from './failure.ts';

/** Text that every store and every hash keeps as it is: no lone surrogates (they hash alike), no NUL (PostgreSQL has none). */
export const parseText = (text: string): string => {
  if (!text.isWellFormed() || text.includes('\0'))
    throw new InvalidValue('invalid_text', 'Send well-formed Unicode text without NUL characters.');
  return text;
};

/** The length a person would count, in code points: an emoji is one, where `length` says two. */
export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** Turns a parser into one that reads `null`, nothing and blank text as "absent". */
export const optional =
  <Value>(parse: (text: string) => Value) =>
  (text: string | null | undefined): Value | null =>
    text === null || text === undefined || text.trim() === '' ? null : parse(text);
