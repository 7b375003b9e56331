import { StoreError } from '../../store-error.ts';

/** Quotes a word for a shell. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The parameters of a URL that libpq has too (PostgreSQL, "Parameter Key Words"), without passwords. It refuses others. */
const libpqParameters = [
  'host',
  'hostaddr',
  'port',
  'dbname',
  'user',
  'connect_timeout',
  'options',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'channel_binding',
  'gssencmode',
  'krbsrvname',
  'target_session_attrs',
];

/** A URL for a program of PostgreSQL. Every user of the machine can see the arguments of a command. */
const withoutPassword = (url: string): string => {
  const shown = new URL(url);
  shown.password = '';
  for (const name of new URL(url).searchParams.keys())
    if (!libpqParameters.includes(name)) shown.searchParams.delete(name);
  return shown.href;
};

const useInstead = (why: string, command: string) =>
  new StoreError(`${why}: ${command} (it asks for the password, or reads it from PGPASSWORD or ~/.pgpass).`);

/** Returns an error with the command that backs up a PostgreSQL store. */
export const usePgDump = (url: string, file: string): StoreError =>
  useInstead(
    'A PostgreSQL store is backed up by pg_dump, while the service runs. Run',
    `pg_dump --format=custom --file=${quoted(file)} ${quoted(withoutPassword(url))}`,
  );

/** Returns an error with the command that restores a PostgreSQL store. */
export const usePgRestore = (url: string, file: string): StoreError =>
  useInstead(
    'A PostgreSQL store is restored by pg_restore. Stop the service, create an empty database, name it in DATABASE_URL, and run',
    `pg_restore --single-transaction --no-owner --dbname=${quoted(withoutPassword(url))} ${quoted(file)}`,
  );
