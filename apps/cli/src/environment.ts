import { commonSettings, readSettings } from '@mentorship/adapters/environment';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the settings that the command line shares with the service. Throws `SettingsError`. */
export const readEnvironment = (environment: Environment) =>
  readSettings(commonSettings, environment, ({ DATABASE_URL }) =>
    DATABASE_URL === 'memory:' ? ['DATABASE_URL is memory:, which cannot be used here; use sqlite: or postgres:'] : [],
  );
