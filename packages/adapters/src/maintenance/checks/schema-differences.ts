import { migrationDeadlineMs } from '../../kysely/engine/deadline.ts';
import { migrate } from '../../kysely/migrations/migrate.ts';
import { openMemoryEngine } from '../../kysely/sqlite/engine.ts';
import type { Archive } from '../archive/archive.ts';
import { sqliteShape } from '../archive/sqlite-inspection.ts';

/**
 * Returns how the schema differs from a new store's, with its triggers and views. Tables and plain indexes that an
 * operator has added are ignored.
 */
export const schemaDifferences = async (archive: Archive): Promise<string[]> => {
  const expected = await shapeOfNewStore();
  const found = new Set(await archive.shape());
  const ours = new Set([...expected].map(tableOf));
  const extra = [...found].filter(
    (part) => ours.has(tableOf(part)) && !expected.has(part) && !part.includes(': index '),
  );
  return [
    ...[...expected].filter((part) => !found.has(part)).map((part) => `missing: ${part}`),
    ...extra.map((part) => `not of this release: ${part}`),
    ...(await missingPrograms(archive)),
    ...(await foreignPrograms(archive)),
  ];
};

const missingPrograms = async (archive: Archive): Promise<string[]> => {
  const found = await archive.programs();
  return [...archive.expectedPrograms().keys()].filter((name) => !found.has(name)).map((name) => `missing: ${name}`);
};

/** Returns the triggers, views and rules that no release creates. They could change or hide what the service writes. */
export const foreignPrograms = async (archive: Archive): Promise<string[]> => {
  const expected = archive.expectedPrograms();
  return [...(await archive.programs())]
    .filter(([name, definition]) => expected.get(name) !== definition)
    .map(([name]) => `${expected.has(name) ? 'changed' : 'not of this release'}: ${name}`);
};

const tableOf = (part: string): string => part.slice(0, part.indexOf(':'));

/** Runs the migrations on a database in memory, to see what they create. */
const shapeOfNewStore = async (): Promise<Set<string>> => {
  const { engine, database } = openMemoryEngine(migrationDeadlineMs);
  try {
    await migrate(engine);
    return new Set(sqliteShape(database));
  } finally {
    await engine.close();
  }
};
