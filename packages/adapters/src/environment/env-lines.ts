import { distance } from 'fastest-levenshtein';
import { SettingsError } from './settings.ts';

/** Values in quotes may have several lines. */
const quoted = /(?<==[ \t]*)(["'`])[^]*?\1/g;

/** Upper case without separators: `log-level` and `LOGLEVEL` both mean `LOG_LEVEL`. */
const bare = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z\d]/g, '');

/** Returns the setting that was probably meant by a name that is none. */
const meant = (name: string, names: readonly string[]): string | undefined => {
  const far = name.length < 8 ? 1 : 2;
  return names.includes(name) ? undefined : names.find((known) => distance(bare(name), bare(known)) <= far);
};

const faultOf = (line: string, names: readonly string[]): string | undefined => {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [, name = '', sign] = /^\s*(?:export\s+)?([\w.-]+)\s*(=|:)?/.exec(line) ?? [];
  if (sign !== '=') return `is not NAME=value. Write ${meant(name, names) ?? (name || 'NAME')}=value`;
  const known = meant(name, names);
  return known && `sets ${name}, which is not a setting. Write ${known}`;
};

/** Throws `SettingsError` with the first line that sets nothing, or sets a name that is nearly one of the settings. */
export const requireSettingLines = (text: string, names: readonly string[]): void => {
  const lines = text.replaceAll(quoted, (value) => value.replaceAll(/[^\n]/g, '')).split('\n');
  for (const [index, line] of lines.entries()) {
    const fault = faultOf(line, names);
    if (fault) throw new SettingsError(`line ${index + 1} of the file .env ${fault}.`);
  }
};
