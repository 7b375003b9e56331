import type { Budget, Seconds } from '@mentorship/domain';
import ms from 'ms';

/** Reads the text of a variable. Throws an error that says what the text must be. */
export type Read<Value> = (text: string) => Value;

/** A form of a URL that another program takes and this one would misread. */
export interface Refusal {
  readonly when: (text: string) => boolean;
  /** What to write instead. */
  readonly say: string;
}

/** The entries of a list with commas between, each once; none for `none`. */
export const listOf = (text: string): string[] =>
  text === 'none' ? [] : [...new Set(text.split(',').map((entry) => entry.trim()))];

export const oneOf =
  <const Choice extends string>(...choices: readonly Choice[]): Read<Choice> =>
  (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return choice;
  };

/** Returns true for the first word and false for the second. */
export const switched =
  (on: string, off: string): Read<boolean> =>
  (text) =>
    oneOf(on, off)(text) === on;

export const wholeNumber =
  (min: number, max: number, hint = ''): Read<number> =>
  (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= min && number <= max)) throw new Error(`must be a number from ${min} to ${max}${hint}`);
    return number;
  };

const maxPeriodMs = ms('10000d');

const seconds = (text: string, maxMs: number, minMs = 1000): Seconds | null => {
  const milliseconds = /^\d+(\.\d+)?\s*[a-z]+$/i.test(text) ? ms(text as ms.StringValue) : Number.NaN;
  const valid = milliseconds >= minMs && milliseconds <= maxMs && Number.isInteger(milliseconds / 1000);
  return valid ? milliseconds / 1000 : null;
};

/** A duration, in seconds; at least one unless `min` is less. */
export const duration =
  (max: ms.StringValue, min: ms.StringValue = '1s'): Read<Seconds> =>
  (text) => {
    const length = seconds(text, ms(max), ms(min));
    if (length !== null) return length;
    throw new Error(`must be a duration in whole seconds with its unit, such as 90s, 20m, 1h or 7d, at most ${max}`);
  };

/** `off` (null), or a port. */
export const portOrOff: Read<number | null> = (text) =>
  text === 'off' ? null : wholeNumber(0, 65535, ' (0 takes a free port), or off')(text);

/** `off` (null), or a number of attempts in a duration. */
export const budget: Read<Budget> = (text) => {
  if (text === 'off') return null;
  const [, attempts, length = ''] = /^(\d{1,9})\/(.+)$/.exec(text) ?? [];
  const period = seconds(length, maxPeriodMs);
  if (!Number(attempts) || period === null)
    throw new Error('must be off, or a number of attempts in a duration, such as 10/15m');
  return { attempts: Number(attempts), period };
};
