import { sql } from 'kysely';
import { remainingMigrations } from '../kysely/migrate.ts';
import { StoreError } from '../kysely/store-error.ts';
import type { Archive } from './archive.ts';
import { openPostgresArchive } from './postgres-archive.ts';
import { openSqliteArchive } from './sqlite-archive.ts';

const sqlite = 'sqlite:';

/** The path in `sqlite:<path>`; null for any other kind of store. */
export const sqlitePath = (url: string): string | null => (url.startsWith(sqlite) ? url.slice(sqlite.length) : null);

/** Opens the database at the URL as it is: nothing is made, migrated or changed. Throws `StoreError`. */
export const openArchive = (url: string): Archive => {
  if (url === 'memory:') throw new StoreError('What is in memory: ends with its process. Name a database.');
  const path = sqlitePath(url);
  return path === null ? openPostgresArchive(url) : openSqliteArchive(path);
};

/** Throws `StoreError` unless it is a store of this service, by this very release. */
export const requireOurs = async ({ db, title }: Archive): Promise<void> => {
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  if (!tables.includes('schema_migrations'))
    throw new StoreError(
      tables.length === 0
        ? `${title} is empty.`
        : `${title} belongs to something else: it is no database of this service.`,
    );
  const { rows } = await sql<{ name: string }>`select name from schema_migrations`.execute(db);
  if (remainingMigrations(rows.map(({ name }) => name)).length > 0)
    throw new StoreError(`${title} was written by an older release. Run "pnpm mentorship migrate" on it first.`);
};
