import type { PasswordDisplay, Seconds } from '@mentorship/domain';
import ms from 'ms';

/** One variable of the environment: what it is when nobody sets it, and how its text is read. `read` throws what would be right. */
interface Setting<Value> {
  readonly fallback: string;
  readonly read: (text: string) => Value;
}

const setting = <Value>(fallback: string, read: (text: string) => Value): Setting<Value> => ({ fallback, read });

const oneOf =
  <const Choice extends string>(...choices: readonly Choice[]) =>
  (text: string): Choice => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
    return choice;
  };

const databaseUrl = (text: string): string => {
  const known =
    text === 'memory:' ||
    /^sqlite:(?!:memory:).+/.test(text) ||
    (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text));
  // The text itself may hold a password, so it is not repeated.
  if (!known) throw new Error('must be sqlite:<path>, postgres://<user>:<password>@<host>/<database> or memory:');
  return text;
};

const port = (text: string): number => {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 65535)) throw new Error('must be a number from 0 to 65535 (0 takes a free port)');
  return number;
};

const longestLifetime = ms('365d');

const lifetime = (text: string): Seconds => {
  const milliseconds = /^\d+(\.\d+)?\s*[a-z]+$/i.test(text) ? ms(text as ms.StringValue) : Number.NaN;
  if (!(milliseconds >= 1000 && milliseconds <= longestLifetime && Number.isInteger(milliseconds / 1000)))
    throw new Error(
      'must be a length of time in whole seconds with its unit, such as 90s, 20m, 1h or 7d, at most 365d',
    );
  return milliseconds / 1000;
};

/** Every setting of the service, in one place: `.env.example` and the README list the same. */
export const settings = {
  /** Which store: `sqlite:<path>`, `postgres://…` or `memory:`. */
  DATABASE_URL: setting('sqlite:data/mentorship.sqlite', databaseUrl),
  /** The address to listen on. */
  HOST: setting('127.0.0.1', (text) => text),
  /** The port to listen on; 0 takes a free one. */
  PORT: setting('3000', port),
  /** How long an access token lives, in seconds once read. */
  ACCESS_TOKEN_LIFETIME: setting('20m', lifetime),
  /** How long a refresh token, and with it its session, lives, in seconds once read. */
  REFRESH_TOKEN_LIFETIME: setting('1h', lifetime),
  /** Whether one's own detail shows the password hash masked or whole. */
  API_PASSWORD_FIELD: setting('masked', oneOf<PasswordDisplay>('masked', 'hash')),
  /** pino's levels: what is logged is this severe or more. */
  LOG_LEVEL: setting('info', oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')),
};

export type Config = { readonly [Name in keyof typeof settings]: ReturnType<(typeof settings)[Name]['read']> };

/** Settings that cannot be used; the message names each variable and says what would be right. */
export class ConfigError extends Error {}

/** Reads the environment once. A blank variable counts as not set. Throws `ConfigError`. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const wrong: string[] = [];
  const config = Object.entries<Setting<unknown>>(settings).map(([name, { fallback, read }]) => {
    try {
      return [name, read(environment[name]?.trim() || fallback)];
    } catch (error) {
      wrong.push(`${name} ${(error as Error).message}`);
      return [name, undefined];
    }
  });
  if (wrong.length > 0) throw new ConfigError(`${wrong.join('; ')}.`);
  return Object.fromEntries(config) as Config;
};
