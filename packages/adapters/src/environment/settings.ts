import type { PasswordPolicy } from '@mentorship/domain';
import { databaseUrl } from './database-url.ts';
import { readSecretFile } from './secret-file.ts';
import { secretNames } from './setting-names.ts';
import { duration, listOf, oneOf, type Read } from './setting-values.ts';

/** A variable of the environment: its default, and how its text is read. */
export interface Setting<Value> {
  readonly fallback: string;
  readonly read: Read<Value>;
}

export const setting = <Value>(fallback: string, read: Read<Value>): Setting<Value> => ({ fallback, read });

/** The settings that the service and the command line share. */
export const commonSettings = {
  /** Which store: `sqlite:<path>`, `postgres://…` or `memory:`. */
  DATABASE_URL: setting('sqlite:data/mentorship.sqlite', databaseUrl),
  /** Which passwords are accepted: 8 characters of any kind, or 15 that are hard to guess. */
  PASSWORD_POLICY: setting('readme', oneOf<PasswordPolicy>('readme', 'strict')),
  /** How long security events are kept, in seconds. */
  EVENTS_RETENTION: setting('90d', duration('3650d')),
  /** How long messages and reasons of requests that came to nothing are kept, in seconds. */
  REQUEST_RETENTION: setting('90d', duration('3650d')),
};

/** The settings that say how clients reach the service, for `check`, which refuses no value. */
export const proxySettings = {
  /** The address to listen on. */
  HOST: setting('127.0.0.1', (text) => text),
  /** The proxies whose `X-Forwarded-For` is believed. */
  TRUST_PROXY: setting('none', listOf),
};

type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of a table of settings, by name. */
export type Values<Table extends Settings> = { readonly [Name in keyof Table]: ReturnType<Table[Name]['read']> };

/** Invalid settings; the message names each variable and says what it must be. */
export class SettingsError extends Error {}

type Variables = Readonly<Record<string, string | undefined>>;

/** The text of a variable, or of the file that it names; undefined if neither is set. A blank one counts as not set. */
const textOf = (name: string, environment: Variables): string | undefined => {
  const text = environment[name]?.trim() || undefined;
  const path = secretNames.includes(name) ? environment[`${name}_FILE`]?.trim() : undefined;
  if (!path) return text;
  if (text !== undefined) throw new Error(`and ${name}_FILE are both set: set one of them`);
  return readSecretFile(path);
};

/**
 * Reads settings from the environment; a blank variable counts as not set. `check` returns what is wrong with values that
 * are valid alone but not together. Throws `SettingsError`.
 */
export const readSettings = <Table extends Settings>(
  settings: Table,
  environment: Variables,
  check: (values: Values<Table>) => readonly string[] = () => [],
): Values<Table> => {
  const wrong: string[] = [];
  const values = Object.entries(settings).map(([name, { fallback, read }]) => {
    try {
      return [name, read(textOf(name, environment) ?? fallback)];
    } catch (error) {
      wrong.push(`${name} ${(error as Error).message}`);
      return [name, undefined];
    }
  });
  const read = Object.fromEntries(values) as Values<Table>;
  wrong.push(...check(read));
  if (wrong.length > 0) throw new SettingsError(`${wrong.join('; ')}.`);
  return read;
};
