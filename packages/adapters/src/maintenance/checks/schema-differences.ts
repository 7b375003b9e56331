import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateStore } from '../../kysely/store.ts';
import type { Archive } from '../archive/archive.ts';
import { openSqliteArchive } from '../archive/sqlite-archive.ts';

/** How the schema differs from the one of a new store. Tables and plain indexes that somebody has added are none of ours. */
export const schemaDifferences = async (archive: Archive): Promise<string[]> => {
  const expected = await newShape();
  const found = new Set(await archive.shape());
  const ours = new Set([...expected].map(tableOf));
  const odd = [...found].filter((part) => ours.has(tableOf(part)) && !expected.has(part) && !part.includes(': index '));
  return [
    ...[...expected].filter((part) => !found.has(part)).map((part) => `missing: ${part}`),
    ...odd.map((part) => `not of this release: ${part}`),
  ];
};

const tableOf = (part: string): string => part.slice(0, part.indexOf(':'));

/** What the migrations make, tried on a database of its own. */
const newShape = async (): Promise<Set<string>> => {
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
