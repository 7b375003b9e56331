import { StoreError } from '../../store-error.ts';

/** A word as a shell reads it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The URL without a password: a command is seen by everyone on the machine. */
const withoutPassword = (url: string): string => {
  const shown = new URL(url);
  shown.password = '';
  shown.searchParams.delete('password');
  return shown.href;
};

const refusal = (what: string, command: string) =>
  new StoreError(`${what}: ${command} (it asks for the password, or takes it from PGPASSWORD or ~/.pgpass).`);

/** What to do instead, as a failure. */
export const dumpInstead = (url: string, file: string): StoreError =>
  refusal(
    'PostgreSQL backs up its databases itself, while the service runs',
    `pg_dump --format=custom --file=${quoted(file)} ${quoted(withoutPassword(url))}`,
  );

/** What to do instead, as a failure. */
export const loadInstead = (url: string, file: string): StoreError =>
  refusal(
    'PostgreSQL restores its databases itself. Stop the service, make an empty database, name it in DATABASE_URL, and say',
    `pg_restore --single-transaction --no-owner --dbname=${quoted(withoutPassword(url))} ${quoted(file)}`,
  );
