import { readFileSync } from 'node:fs';

export const originalReadme = readFileSync(new URL('../fixtures/original-readme.md', import.meta.url), 'utf8');

const found = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new Error(`The original README has no ${what}.`);
  return value;
};

const section = (heading: string): string =>
  found(
    originalReadme.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)),
    `section "${heading}"`,
  );

/** The route that the list of routes describes so, as `POST /api/registration`; a value for the id in it, if it has one. */
export const route = (description: string, id: number | string = ''): string => {
  const lines = [...section('Api ').matchAll(/^\d+\. (\w+) `(\S+)` - \s*(.+)$/gm)];
  const [, method, path = ''] = found(
    lines.find((line) => line[3] === description),
    `route "${description}"`,
  );
  return `${method} /${path.replace('<id>', String(id))}`;
};

/** The text of the section's examples, letter by letter. */
export const examples = (heading: string): string[] =>
  [...section(heading).matchAll(/`([{[][^`]*)`/g)].map(([, text = '']) => text);

export const example = (heading: string, at = 0): string => found(examples(heading)[at], `example in "${heading}"`);

/** An example with what it puts in place of a value, such as `your_username`, replaced. */
export const filledIn = (text: string, values: Record<string, string>): string =>
  Object.entries(values).reduce((filled, [placeholder, value]) => {
    if (!filled.includes(`"${placeholder}"`)) throw new Error(`The example has no "${placeholder}": ${text}`);
    return filled.replace(`"${placeholder}"`, JSON.stringify(value));
  }, text);

/** What an example says, without the remarks in it. */
export const parsed = (text: string): unknown => JSON.parse(text.replace(/\/\/.*$/gm, ''));

/** Seconds that a token lives. */
export const lifetime = (token: 'Access' | 'Refresh'): number => {
  const [, count, unit = ''] = found(
    new RegExp(`^${token} Token Lifetime: (\\d+) (minute|hour)s?$`, 'm').exec(originalReadme) ?? undefined,
    `lifetime of the ${token} token`,
  );
  return Number(count) * (unit === 'hour' ? 3600 : 60);
};
