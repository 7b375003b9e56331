import { isForeign, meant } from './misspelt-names.ts';
import { variableNames } from './setting-names.ts';
import { SettingsError } from './settings.ts';

/** Values in quotes may have several lines. */
const quoted = /(?<==[ \t]*)(["'`])[^]*?\1/g;

const elsewhere = 'Remove it, or put it in another file (docker compose --env-file)';

/** Returns what is wrong with a line. `lines` has the number of the line that sets each name so far. */
const faultOf = (line: string, number: number, lines: Map<string, number>): string | undefined => {
  if (/^\s*(#|$)/.test(line)) return undefined;
  const [, name = '', sign] = /^\s*(?:export\s+)?([\w.-]+)\s*(=|:)?/.exec(line) ?? [];
  if (sign !== '=') return `is not NAME=value. Write ${meant(name) ?? (name || 'NAME')}=value`;
  if (isForeign(name)) return undefined;
  if (!variableNames.includes(name)) {
    const known = meant(name);
    return `sets ${name}, which is not a setting. ${known ? `Write ${known}` : elsewhere}`;
  }
  const earlier = lines.get(name);
  lines.set(name, number);
  return earlier === undefined ? undefined : `sets ${name}, as line ${earlier} does. Remove one of them`;
};

/** Throws `SettingsError` with the first line that sets nothing, sets no setting, or sets one again. */
export const requireSettingLines = (text: string): void => {
  const lines = new Map<string, number>();
  for (const [index, line] of text
    .replaceAll(quoted, (value) => value.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .entries()) {
    const fault = faultOf(line, index + 1, lines);
    if (fault) throw new SettingsError(`line ${index + 1} of the file .env ${fault}.`);
  }
};
