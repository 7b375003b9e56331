import { sql } from 'kysely';
import { remainingMigrations } from '../../kysely/migrations/migrate.ts';
import { foreignDatabase, ownershipOf } from '../../kysely/schema/ownership.ts';
import { StoreError } from '../../store-error.ts';
import { sqlitePath } from '../../kysely/store.ts';
import type { Archive } from './archive.ts';
import { openPostgresArchive } from './postgres-archive.ts';
import { openSqliteArchive } from './sqlite-archive.ts';

/** Opens the database at the URL as it is: nothing is made, migrated or changed; see `openSqliteArchive`. Throws `StoreError`. */
export const openArchive = (url: string, how: { looking?: boolean } = {}): Archive => {
  if (url === 'memory:') throw new StoreError('What is in memory: ends with its process. Name a database.');
  const path = sqlitePath(url);
  return path === null ? openPostgresArchive(url) : openSqliteArchive(path, how);
};

/** Throws `StoreError` unless it is a store of this service, by this very release. */
export const requireOurs = async (archive: Archive): Promise<void> => {
  if ((await stepsToBeDone(archive)).length > 0)
    throw new StoreError(
      `${archive.title} was written by an older release. Run "pnpm mentorship migrate" on it first.`,
    );
};

/** What this release adds to the schema when it starts on the store. Throws `StoreError` unless it is one of this service, by this release or an older one. */
export const stepsToBeDone = async ({
  db,
  title,
  tables,
}: Pick<Archive, 'db' | 'title' | 'tables'>): Promise<string[]> => {
  const owner = ownershipOf(await tables());
  if (owner === 'empty') throw new StoreError(`${title} is empty.`);
  if (owner === 'foreign') throw foreignDatabase(title);
  const { rows } = await sql<{ name: string }>`select name from schema_migrations`.execute(db);
  return remainingMigrations(rows.map(({ name }) => name)).map(({ name }) => name);
};

/** Throws `StoreError` unless there is a store of this service at the URL, by this very release. Nothing is made. */
export const requireStore = async (url: string): Promise<void> => {
  await using archive = openArchive(url);
  await requireOurs(archive);
};
