import { commonSettings, readSettings } from '@mentorship/adapters/environment';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of the service that hold for the command line as well. Throws `SettingsError`. */
export const readEnvironment = (environment: Environment) =>
  readSettings(commonSettings, environment, ({ DATABASE_URL }) =>
    DATABASE_URL === 'memory:' ? ['DATABASE_URL is memory:, which ends with its process. Name a database'] : [],
  );
