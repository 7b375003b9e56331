import { distance } from 'fastest-levenshtein';
import { variableNames } from './setting-names.ts';

/** Upper case without separators: `log-level` and `LOGLEVEL` both mean `LOG_LEVEL`. */
const bare = (name: string): string => name.toUpperCase().replaceAll(/[^A-Z\d]/g, '');

/** The names that docker compose, PostgreSQL and Node read, often from the same file. */
const ofOthers = /^(COMPOSE_|DOCKER_|NODE_|PG|POSTGRES_|TZ$)/;

export const isForeign = (name: string): boolean => ofOthers.test(name);

/** Returns the setting that was probably meant by a name that is none. */
export const meant = (name: string): string | undefined => {
  const far = name.length < 8 ? 1 : 2;
  return variableNames.includes(name) || isForeign(name)
    ? undefined
    : variableNames.find((known) => distance(bare(name), bare(known)) <= far);
};

/** Returns what to know about variables that are not settings but were probably meant to be: a line each. */
export const misspeltNames = (environment: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(environment).flatMap((name) => {
    const known = meant(name);
    return known ? [`The environment sets ${name}, which is not a setting. If you mean ${known}, write that.`] : [];
  });
