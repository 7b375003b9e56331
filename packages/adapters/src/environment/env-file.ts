import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SettingsError } from './settings.ts';

/**
 * Reads the variables that the environment does not set from the file .env of the working folder, if it exists. Throws
 * `SettingsError`: `process.loadEnvFile` would ignore a file that this user may not read.
 */
export const loadEnvFile = (): void => {
  if (!existsSync('.env')) return;
  try {
    for (const [name, value] of Object.entries(parseEnv(readFileSync('.env', 'utf8')))) process.env[name] ??= value;
  } catch (error) {
    const { message } = error as Error;
    throw new SettingsError(`the file .env cannot be read (${message}). Let this user read it, or move it away.`);
  }
};
