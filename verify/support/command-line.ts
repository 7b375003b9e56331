import { closeSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** The flags of a program, all of them with a value. `--help` prints the text; a slip says what is known. Both end here. */
export const readFlags = <Name extends string>(help: string, defaults: Record<Name, string>): Record<Name, string> => {
  const flags = Object.keys(defaults).map((name) => [name, { type: 'string' }] as const);
  try {
    const { values } = parseArgs({ options: { ...Object.fromEntries(flags), help: { type: 'boolean', short: 'h' } } });
    if (values['help'] !== true) return { ...defaults, ...values };
    console.log(help.trim());
    process.exit(0);
  } catch (error) {
    return refuseFlags((error as Error).message);
  }
};

/** A whole number from 1 on. */
export const readCount = (name: string, text: string): number =>
  /^[1-9]\d{0,6}$/.test(text) ? Number(text) : refuseFlags(`--${name} must be a whole number from 1 on, not ${text}`);

/** Some of the choices, separated by commas. */
export const readChoices = <Choice extends string>(
  name: string,
  text: string,
  choices: readonly Choice[],
): Choice[] => {
  const wanted = text.split(',');
  const odd = wanted.find((one) => !choices.some((choice) => choice === one));
  if (odd !== undefined) return refuseFlags(`--${name} knows ${choices.join(', ')}, not ${odd}`);
  return choices.filter((choice) => wanted.includes(choice));
};

/** A file to be written at the end, or none: what cannot be written shall be known at the beginning. */
export const readTarget = (name: string, path: string): string => {
  try {
    if (path) closeSync(openSync(path, 'a'));
    return path;
  } catch (error) {
    return refuseFlags(`--${name}: ${(error as Error).message}`);
  }
};

const refuseFlags = (why: string): never => {
  console.error(`${why}\nSee --help.`);
  process.exit(2);
};
