/** The settings of the service. The command line reads a few of them, and refuses no other in the common file .env. */
const settingNames = [
  'DATABASE_URL',
  'PASSWORD_POLICY',
  'EVENTS_RETENTION',
  'REQUEST_RETENTION',
  'HOST',
  'PREPARED_STATEMENTS',
  'PORT',
  'MAX_CONNECTIONS',
  'WORKERS',
  'METRICS_PORT',
  'METRICS_HOST',
  'SHUTDOWN_GRACE',
  'ACCESS_TOKEN_LIFETIME',
  'REFRESH_TOKEN_LIFETIME',
  'REFRESH_ROTATION',
  'SESSION_MAX_LIFETIME',
  'REQUIRE_CURRENT_PASSWORD',
  'API_PASSWORD_FIELD',
  'PROFILE_CONTACT',
  'REGISTRATION',
  'REGISTRATION_BUDGET',
  'LOGIN_BUDGET',
  'LOGIN_BUDGET_PER_ADDRESS',
  'LOGIN_BUDGET_PER_ACCOUNT',
  'PASSWORD_BUDGET',
  'REQUEST_BUDGET',
  'MENTORSHIP_REQUEST_LIFETIME',
  'HASH_QUEUE',
  'HASH_NICENESS',
  'TRUST_PROXY',
  'CORS_ORIGINS',
  'LOG_LEVEL',
] as const;
export type SettingName = (typeof settingNames)[number];

/** The settings that are secrets: `<NAME>_FILE` may name a file with the text instead, as for Docker's secrets. */
export const secretNames: readonly string[] = ['DATABASE_URL'] satisfies SettingName[];

/** The names of variables that settings are read from. */
export const variableNames: readonly string[] = [...settingNames, ...secretNames.map((name) => `${name}_FILE`)];
