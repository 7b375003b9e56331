import {
  budget,
  commonSettings,
  duration,
  oneOf,
  portOrOff,
  proxySettings,
  readSettings,
  type Setting,
  setting,
  type SettingName,
  switched,
  type Values,
  wholeNumber,
} from '@mentorship/adapters/environment';
import type { PasswordDisplay } from '@mentorship/domain';
import { origins, proxies } from './setting-values.ts';

/** Every setting of the service. docs/settings.md and `.env.example` list the same; tests compare them. */
export const settings = {
  ...commonSettings,
  ...proxySettings,
  /** Whether each connection to PostgreSQL keeps its statements prepared, by name. */
  PREPARED_STATEMENTS: setting('off', switched('on', 'off')),
  /** The port to listen on; 0 takes a free port. */
  PORT: setting('3000', wholeNumber(0, 65535, ' (0 takes a free port)')),
  /** How many connections are open at once, on all addresses and in all processes together; one more is closed at once. */
  MAX_CONNECTIONS: setting('1000', wholeNumber(1, 100_000)),
  /** The number of processes that serve on the one port. More than one needs a store other than `memory:`. */
  WORKERS: setting('1', wholeNumber(1, 64)),
  /** The port for Prometheus' `/metrics`, or `off`, which measures nothing; 0 takes a free port. */
  METRICS_PORT: setting('off', portOrOff),
  /** The address to serve metrics on. Independent of `HOST`, because `/metrics` needs no token. */
  METRICS_HOST: setting('127.0.0.1', (text) => text),
  /**
   * How long shutdown after SIGTERM waits, in seconds once parsed. First half: requests are served, `/readyz` answers
   * 503. Second half: proxy connections are closed. More than twice the proxy's idle timeout for connections to the
   * service, and less than the 10 s after which Docker kills the process. Ctrl-C and a second signal do not wait.
   */
  SHUTDOWN_GRACE: setting('5s', duration('10m', '0s')),
  /** How long an access token is valid, in seconds once parsed. */
  ACCESS_TOKEN_LIFETIME: setting('20m', duration('365d')),
  /** How long a refresh token is valid, in seconds once parsed; without rotation also the length of a session. */
  REFRESH_TOKEN_LIFETIME: setting('1h', duration('365d')),
  /** Whether each refresh replaces the refresh token, and reusing a replaced token ends the session. */
  REFRESH_ROTATION: setting('off', switched('on', 'off')),
  /** The maximum length of a session with rotation, in seconds once parsed; unused without rotation. */
  SESSION_MAX_LIFETIME: setting('24h', duration('3650d')),
  /** Whether a new password requires the current one. */
  REQUIRE_CURRENT_PASSWORD: setting('false', switched('true', 'false')),
  /** Whether a user's own detail shows the complete password hash or masks its salt and digest. */
  API_PASSWORD_FIELD: setting('masked', oneOf<PasswordDisplay>('masked', 'hash')),
  /** Who sees a user's phone and email: every user, or only the user. */
  PROFILE_CONTACT: setting('everyone', oneOf('everyone', 'self')),
  /** Whether users may register. */
  REGISTRATION: setting('open', switched('open', 'closed')),
  /** The number of registrations from one address in a period. */
  REGISTRATION_BUDGET: setting('100/1h', budget),
  /** The number of failed logins for one account from one address in a period. */
  LOGIN_BUDGET: setting('10/15m', budget),
  /** The number of failed logins from one address in a period, for any account. */
  LOGIN_BUDGET_PER_ADDRESS: setting('100/15m', budget),
  /** The number of failed logins for one account in a period, from all addresses from which it has neither registered nor logged in. */
  LOGIN_BUDGET_PER_ACCOUNT: setting('100/15m', budget),
  /** The number of requests of one account that check its current password or set a new one, in a period. */
  PASSWORD_BUDGET: setting('30/15m', budget),
  /** The number of mentorship requests and offers that one account may send in a period. */
  REQUEST_BUDGET: setting('30/1d', budget),
  /** How long a mentorship request waits for an answer before it expires, in seconds once parsed. */
  MENTORSHIP_REQUEST_LIFETIME: setting('14d', duration('3650d')),
  /** How many passwords may wait for hashing, in each process. All processes together hash one per core at once. */
  HASH_QUEUE: setting('256', wholeNumber(0, 100_000)),
  /** By how much Linux lowers the priority of the threads that hash passwords, as a niceness; 0 does not lower it. */
  HASH_NICENESS: setting('10', wholeNumber(0, 19)),
  /** The proxies whose `X-Forwarded-For` is believed. */
  TRUST_PROXY: setting('none', proxies),
  /** The origins whose pages may call the API from a browser. */
  CORS_ORIGINS: setting('none', origins),
  /** The lowest level that is logged, by pino's names. */
  LOG_LEVEL: setting('info', oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')),
} satisfies Record<SettingName, Setting<unknown>>;

export type Config = Values<typeof settings>;

/** Reads the settings from the environment. A blank variable counts as not set. Throws `SettingsError`. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config =>
  readSettings(settings, environment, contradictions);

/** Errors in the combination of settings that are valid one by one. */
const contradictions = (config: Config): string[] => [
  ...(config.REFRESH_ROTATION && config.SESSION_MAX_LIFETIME < config.REFRESH_TOKEN_LIFETIME
    ? ['SESSION_MAX_LIFETIME must be at least REFRESH_TOKEN_LIFETIME']
    : []),
  ...(config.METRICS_PORT && config.METRICS_PORT === config.PORT
    ? ['METRICS_PORT must be a different port from PORT']
    : []),
  ...(config.WORKERS > 1 && config.DATABASE_URL === 'memory:'
    ? [
        'WORKERS must be 1 with DATABASE_URL=memory:, which processes cannot share. Set WORKERS to 1, or DATABASE_URL to sqlite:<path>',
      ]
    : []),
];
