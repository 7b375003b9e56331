import { sql } from 'kysely';
import { remainingMigrations } from '../../kysely/migrations/migrate.ts';
import { foreignDatabase, ownershipOf } from '../../kysely/schema/ownership.ts';
import { StoreError } from '../../store-error.ts';
import { sqlitePath } from '../../kysely/store.ts';
import type { Archive, ArchiveOptions } from './archive.ts';
import { openPostgresArchive } from './postgres-archive.ts';
import { openSqliteArchive } from './sqlite-archive.ts';

/** Opens the existing database at the URL, and neither creates nor migrates anything. Throws `StoreError`. */
export const openArchive = (url: string, options: ArchiveOptions = {}): Archive => {
  if (url === 'memory:') throw new StoreError('memory: cannot be used here; use sqlite: or postgres:.');
  const path = sqlitePath(url);
  return path === null ? openPostgresArchive(url) : openSqliteArchive(path, options);
};

/** Throws `StoreError` unless the database is a store of this service, migrated by exactly this release. */
export const requireCurrentStore = async (archive: Archive): Promise<void> => {
  if ((await pendingMigrations(archive)).length > 0)
    throw new StoreError(
      `${archive.title} was written by an older release. Run "npx -y pnpm@12 mentorship migrate" on it first.`,
    );
};

/**
 * Returns the names of the migrations that this release still has to apply to the store.
 * Throws `StoreError` unless the database is a store of this service, written by this release or an older one.
 */
export const pendingMigrations = async ({
  db,
  title,
  tables,
}: Pick<Archive, 'db' | 'title' | 'tables'>): Promise<string[]> => {
  const owner = ownershipOf(await tables());
  if (owner === 'empty') throw new StoreError(`${title} is empty. Name a store of this service.`);
  if (owner === 'foreign') throw foreignDatabase(title);
  const { rows } = await sql<{ name: string }>`select name from schema_migrations`.execute(db);
  return remainingMigrations(rows.map(({ name }) => name)).map(({ name }) => name);
};

/** Throws `StoreError` unless there is a store of this service at the URL, migrated by exactly this release. Creates nothing. */
export const requireStore = async (url: string): Promise<void> => {
  await using archive = openArchive(url);
  await requireCurrentStore(archive);
};
