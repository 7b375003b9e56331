import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { requireSettingLines } from './env-lines.ts';
import { SettingsError } from './settings.ts';

/** UTF-16 begins with one of two marks, or has a zero in one of its first two bytes. */
const isUtf16 = ([first, second]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || first === 0 || second === 0;

/** The text without its byte order mark, which would become a part of the first name. */
const decode = (bytes: Buffer): string => {
  if (isUtf16(bytes)) throw new SettingsError('the file .env is in UTF-16. Save it as UTF-8.');
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
};

/**
 * Reads the variables that the environment leaves unset or blank from the file .env of the working folder, if it exists.
 * A name that is not a setting is refused. Throws `SettingsError`.
 */
export const loadEnvFile = (): void => {
  if (!existsSync('.env')) return;
  try {
    const text = decode(readFileSync('.env'));
    requireSettingLines(text);
    for (const [name, value] of Object.entries(parseEnv(text)))
      if (!process.env[name]?.trim()) process.env[name] = value;
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const { message } = error as Error;
    throw new SettingsError(`the file .env cannot be read (${message}). Let this user read it, or move it away.`);
  }
};
