import { UnavailableError } from '@mentorship/application';
import { type Kysely, sql } from 'kysely';
import type { Engine } from '../engine/engine.ts';
import type { Schema } from '../schema/schema.ts';
import { StoreError } from '../../store-error.ts';
import { migrations } from './index.ts';
import type { Migration } from './migration.ts';
import { createDeadline, migrationDeadlineMs, retry, defaultDeadlineMs, withDeadline } from '../engine/deadline.ts';

type MigrationTables = {
  schema_migrations: { name: string; applied_at: string };
  migration_lock: { id: number; taken: number };
};

/**
 * Brings the schema up to date, in one transaction. Each process locks the row of `migration_lock` first: of many that
 * start at once, one migrates and the others find nothing left to do. If a step fails, all roll back.
 */
export const migrate = async (engine: Engine): Promise<void> => {
  const db = engine.writes.withTables<MigrationTables>();
  if (await isUpToDate(db)) return;
  // On PostgreSQL "if not exists" fails too when two processes create the table at the same time.
  await retry(
    () => createTables(db),
    (error) => !(error instanceof UnavailableError),
    createDeadline(defaultDeadlineMs),
  );
  const run = () =>
    engine.transaction(async (db) => {
      const transaction = db.withTables<MigrationTables>();
      await sql`update migration_lock set taken = taken + 1`.execute(transaction);
      const applied = await transaction.selectFrom('schema_migrations').select('name').execute();
      for (const migration of remainingMigrations(applied.map(({ name }) => name))) {
        await migration.up(transaction as unknown as Kysely<unknown>, engine);
        await transaction
          .insertInto('schema_migrations')
          .values({ name: migration.name, applied_at: new Date().toISOString() })
          .execute();
      }
    });
  await withDeadline((deadline) => retry(run, engine.isConflict, deadline), migrationDeadlineMs);
};

/** Whether nothing is left to do. A role that may not create tables can then start, because nothing is written. */
const isUpToDate = async (db: Kysely<Schema & MigrationTables>): Promise<boolean> => {
  try {
    const applied = await db.selectFrom('schema_migrations').select('name').execute();
    return remainingMigrations(applied.map(({ name }) => name)).length === 0;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return false;
  }
};

const createTables = async (db: Kysely<Schema & MigrationTables>): Promise<void> => {
  await db.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('applied_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('migration_lock')
    .ifNotExists()
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('taken', 'integer', (column) => column.notNull())
    .execute();
  await sql`insert into migration_lock (id, taken) values (1, 0) on conflict do nothing`.execute(db);
};

/** Returns the steps that have not run yet. Throws `StoreError` if a newer release has run others. */
export const remainingMigrations = (applied: readonly string[]): Migration[] => {
  const newer = applied.filter((applied) => !migrations.some(({ name }) => name === applied));
  if (newer.length > 0)
    throw new StoreError(`This database belongs to a newer release (it has ${newer.join(', ')}). Start that release.`);
  return migrations.filter(({ name }) => !applied.includes(name));
};
