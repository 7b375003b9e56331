import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateStore } from '../../kysely/store.ts';
import type { Archive } from '../archive/archive.ts';
import { openSqliteArchive } from '../archive/sqlite-archive.ts';

/** Returns how the schema differs from a new store's. Tables and plain indexes that an operator has added are ignored. */
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
  ];
};

const tableOf = (part: string): string => part.slice(0, part.indexOf(':'));

/** Runs the migrations on a temporary database, to see what they create. */
const shapeOfNewStore = async (): Promise<Set<string>> => {
  const folder = mkdtempSync(join(tmpdir(), 'mentorship-check-'));
  try {
    const path = join(folder, 'new.sqlite');
    await migrateStore(`sqlite:${path}`);
    await using archive = openSqliteArchive(path);
    return new Set(await archive.shape());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
