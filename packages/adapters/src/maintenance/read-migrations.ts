import { sql } from 'kysely';
import { migrations } from '../kysely/migrations/index.ts';
import { foreignDatabase, ownershipOf } from '../kysely/schema/ownership.ts';
import { openArchive } from './archive/open-archive.ts';

/** A migration; `appliedAt` is null while it is pending. */
export interface MigrationState {
  readonly name: string;
  readonly appliedAt: string | null;
}

/** Returns every migration that this release knows or the store has applied, in order. Changes nothing. Throws `StoreError`. */
export const readMigrations = async (url: string): Promise<MigrationState[]> => {
  await using archive = openArchive(url);
  const tables = await archive.tables();
  if (ownershipOf(tables) === 'foreign') throw foreignDatabase(archive.title, 'Check DATABASE_URL.');
  const { rows } = tables.some(({ name }) => name === 'schema_migrations')
    ? await sql<{ name: string; applied_at: string }>`select * from schema_migrations`.execute(archive.db)
    : { rows: [] };
  const applied = new Map(rows.map(({ name, applied_at }) => [name, applied_at]));
  const names = new Set([...migrations.map(({ name }) => name), ...applied.keys()]);
  return [...names].toSorted().map((name) => ({ name, appliedAt: applied.get(name) ?? null }));
};
