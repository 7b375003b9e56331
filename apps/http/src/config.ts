import {
  budget,
  commonSettings,
  duration,
  oneOf,
  portOrOff,
  readSettings,
  setting,
  switched,
  type Values,
  wholeNumber,
} from '@mentorship/adapters/environment';
import type { PasswordDisplay } from '@mentorship/domain';
import { origins, proxies } from './setting-values.ts';

/** Every setting of the service: `.env.example` and docs/settings.md list the same. */
export const settings = {
  ...commonSettings,
  /** Whether each connection to PostgreSQL keeps its statements prepared, by name. */
  PREPARED_STATEMENTS: setting('off', switched('on', 'off')),
  /** The address to listen on. */
  HOST: setting('127.0.0.1', (text) => text),
  /** The port to listen on; 0 takes a free one. */
  PORT: setting('3000', wholeNumber(0, 65535, ' (0 takes a free port)')),
  /** How many processes serve, all on the one port; more than one need a store that they can share. */
  WORKERS: setting('1', wholeNumber(1, 64)),
  /** The port for Prometheus' `/metrics`, or off: then nothing is measured; 0 takes a free one. */
  METRICS_PORT: setting('off', portOrOff),
  /** The address to serve metrics on. Not `HOST`: whoever opens that to the world asks for no token here. */
  METRICS_HOST: setting('127.0.0.1', (text) => text),
  /**
   * How long a stop by SIGTERM takes leave of the proxy, in seconds once read: half of it all goes on but `/readyz`, half
   * of it the proxy's open connections are let go. More than twice the proxy's own time for an idle connection, and less
   * than the 10 s after which Docker kills. Ctrl-C and a second signal do not wait; 0s where there is no proxy.
   */
  SHUTDOWN_GRACE: setting('5s', duration('10m', '0s')),
  /** How long an access token lives, in seconds once read. */
  ACCESS_TOKEN_LIFETIME: setting('20m', duration('365d')),
  /** How long a refresh token lives, in seconds once read; its session as long, unless it is rotated. */
  REFRESH_TOKEN_LIFETIME: setting('1h', duration('365d')),
  /** Whether a refresh replaces the refresh token, and tells when an old one is used. */
  REFRESH_ROTATION: setting('off', switched('on', 'off')),
  /** How long a session may be kept alive by refreshing, in seconds once read; only where tokens are rotated. */
  SESSION_MAX_LIFETIME: setting('24h', duration('3650d')),
  /** Whether a new password needs the present one beside it. */
  REQUIRE_CURRENT_PASSWORD: setting('false', switched('true', 'false')),
  /** Whether one's own detail shows the password hash masked or whole. */
  API_PASSWORD_FIELD: setting('masked', oneOf<PasswordDisplay>('masked', 'hash')),
  /** Who sees a user's phone and email. */
  PROFILE_CONTACT: setting('everyone', oneOf('everyone', 'self')),
  /** Whether anyone may register. */
  REGISTRATION: setting('open', switched('open', 'closed')),
  /** How many users may register from one address. */
  REGISTRATION_BUDGET: setting('off', budget),
  /** How many logins may fail for one account from one address. */
  LOGIN_BUDGET: setting('10/15m', budget),
  /** How many logins may fail from one address, whatever the account. */
  LOGIN_BUDGET_PER_ADDRESS: setting('100/15m', budget),
  /** How many logins may fail for one account, from all addresses together from which it has never logged in. */
  LOGIN_BUDGET_PER_ACCOUNT: setting('100/15m', budget),
  /** How long a request for a mentorship waits for its answer, in seconds once read. */
  MENTORSHIP_REQUEST_LIFETIME: setting('14d', duration('3650d')),
  /** How many passwords may wait to be hashed, in each process; as many are hashed at once as there are cores, in all. */
  HASH_QUEUE: setting('256', wholeNumber(0, 100_000)),
  /** How far the threads that hash passwords stand back for all else, as a niceness of Linux; 0: not at all. */
  HASH_NICENESS: setting('10', wholeNumber(0, 19)),
  /** The proxies whose `X-Forwarded-For` is believed. */
  TRUST_PROXY: setting('none', proxies),
  /** The origins whose pages may call the API from a browser. */
  CORS_ORIGINS: setting('none', origins),
  /** pino's levels: what is logged is this severe or more. */
  LOG_LEVEL: setting('info', oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')),
};

export type Config = Values<typeof settings>;

/** Reads the environment once. A blank variable counts as not set. Throws `SettingsError`. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config =>
  readSettings(settings, environment, contradictions);

/** What is wrong between two settings that are right by themselves. */
const contradictions = (config: Config): string[] => [
  ...(config.REFRESH_ROTATION && config.SESSION_MAX_LIFETIME < config.REFRESH_TOKEN_LIFETIME
    ? ['SESSION_MAX_LIFETIME must be at least REFRESH_TOKEN_LIFETIME']
    : []),
  ...(config.METRICS_PORT && config.METRICS_PORT === config.PORT
    ? ['METRICS_PORT must be another port than PORT']
    : []),
  ...(config.WORKERS > 1 && config.DATABASE_URL === 'memory:'
    ? [
        'WORKERS must be 1 with DATABASE_URL=memory:, which other processes cannot see. Set DATABASE_URL to sqlite:<path>',
      ]
    : []),
];
