import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SettingsError } from './settings.ts';

/**
 * Takes from the file .env of the working folder, if there is one, what the environment does not set. Throws
 * `SettingsError`; by `process.loadEnvFile` a file that this user may not read would be one that is not there.
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
