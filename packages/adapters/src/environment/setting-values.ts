import type { Budget, Seconds } from '@mentorship/domain';
import ms from 'ms';

/** How the text of a variable is read. Throws what would be right. */
export type Read<Value> = (text: string) => Value;

export const oneOf =
  <const Choice extends string>(...choices: readonly Choice[]): Read<Choice> =>
  (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return choice;
  };

/** A switch that is on for one of two words. */
export const switched =
  (on: string, off: string): Read<boolean> =>
  (text) =>
    oneOf(on, off)(text) === on;

export const databaseUrl: Read<string> = (text) => {
  const known =
    text === 'memory:' ||
    /^sqlite:(?!:memory:).+/.test(text) ||
    (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text));
  // The text itself may hold a password, so it is not repeated.
  if (!known) throw new Error('must be sqlite:<path>, postgres://<user>:<password>@<host>/<database> or memory:');
  return text;
};

export const wholeNumber =
  (least: number, most: number, hint = ''): Read<number> =>
  (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most)) throw new Error(`must be a number from ${least} to ${most}${hint}`);
    return number;
  };

const longest = ms('10000d');

const seconds = (text: string, most: number, least = 1000): Seconds | null => {
  const milliseconds = /^\d+(\.\d+)?\s*[a-z]+$/i.test(text) ? ms(text as ms.StringValue) : Number.NaN;
  const good = milliseconds >= least && milliseconds <= most && Number.isInteger(milliseconds / 1000);
  return good ? milliseconds / 1000 : null;
};

/** A length of time, in seconds; at least one unless `least` says less. */
export const duration =
  (most: ms.StringValue, least: ms.StringValue = '1s'): Read<Seconds> =>
  (text) => {
    const length = seconds(text, ms(most), ms(least));
    if (length !== null) return length;
    throw new Error(
      `must be a length of time in whole seconds with its unit, such as 90s, 20m, 1h or 7d, at most ${most}`,
    );
  };

/** `off`, or a port. */
export const portOrOff: Read<number | null> = (text) =>
  text === 'off' ? null : wholeNumber(0, 65535, ' (0 takes a free port), or off')(text);

/** `off`, or so many attempts in a length of time. */
export const budget: Read<Budget> = (text) => {
  if (text === 'off') return null;
  const [, attempts, length = ''] = /^(\d{1,9})\/(.+)$/.exec(text) ?? [];
  const period = seconds(length, longest);
  if (!Number(attempts) || period === null)
    throw new Error('must be off, or so many attempts in a length of time, such as 10/15m');
  return { attempts: Number(attempts), period };
};
