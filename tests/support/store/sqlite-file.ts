import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';
import type { createRunner } from '../../../packages/adapters/src/kysely/sqlite/runner.ts';

type File = Parameters<typeof createRunner>[0];

const Sqlite = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely'))(
  'better-sqlite3',
) as new (path: string) => File;

/** A connection of the adapter's own SQLite to the file, until the test ends. */
export const openFile = (path: string): File => {
  const file = new Sqlite(path);
  onTestFinished(() => void file.close());
  return file;
};
