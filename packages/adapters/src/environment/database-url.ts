import { refusedPaths } from './refused-paths.ts';
import { refusedServers } from './refused-servers.ts';
import type { Read, Refusal } from './setting-values.ts';

const namesServer = (text: string): boolean => /^postgres(ql)?:\/\//.test(text);

const refuse = (text: string, refusals: readonly Refusal[]): void => {
  const refusal = refusals.find(({ when }) => when(text));
  if (refusal) throw new Error(refusal.say);
};

/**
 * Reads the URL of a store, for the settings and the arguments of commands alike. Throws an error that says what to write
 * instead; it never repeats the text, which may hold a password.
 */
export const databaseUrl: Read<string> = (text) => {
  if (text.startsWith('sqlite:')) refuse(text.slice('sqlite:'.length), refusedPaths);
  if (namesServer(text)) refuse(text, refusedServers);
  const known = text === 'memory:' || /^sqlite:./.test(text) || (namesServer(text) && URL.canParse(text));
  if (!known) throw new Error('must be sqlite:<path>, postgres://<user>:<password>@<host>/<database> or memory:');
  return text;
};
