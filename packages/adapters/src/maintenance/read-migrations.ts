import { sql } from 'kysely';
import { migrations } from '../kysely/migrations/index.ts';
import { foreignDatabase, ownershipOf } from '../kysely/schema/ownership.ts';
import { openArchive } from './archive/open-archive.ts';

/** One step of the schema; `appliedAt` is null when it has not been done. */
export interface MigrationStep {
  readonly name: string;
  readonly appliedAt: string | null;
}

/** Every step that this release knows, or that the store has seen, in their order. Nothing is changed. Throws `StoreError`. */
export const readMigrations = async (url: string): Promise<MigrationStep[]> => {
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
