import { closeSync, openSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Reads the flags of a program, each with a value. `--help` and unknown flags end the process with a text. */
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

/** A whole number from 1. */
export const readCount = (name: string, text: string): number =>
  /^[1-9]\d{0,6}$/.test(text) ? Number(text) : refuseFlags(`--${name} must be a whole number from 1, not ${text}`);

/** Choices separated by commas. */
export const readChoices = <Choice extends string>(
  name: string,
  text: string,
  choices: readonly Choice[],
): Choice[] => {
  const wanted = text.split(',');
  const unknown = wanted.find((one) => !choices.some((choice) => choice === one));
  if (unknown !== undefined) return refuseFlags(`--${name} accepts ${choices.join(', ')}, not ${unknown}`);
  return choices.filter((choice) => wanted.includes(choice));
};

/** A file to write at the end, or none. Checks at the start that it can be written. */
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
