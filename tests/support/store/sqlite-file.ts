import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';
import type { createRunner } from '../../../packages/adapters/src/kysely/sqlite/runner.ts';

type Connection = Parameters<typeof createRunner>[0];

const Sqlite = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely'))(
  'better-sqlite3',
) as new (path: string) => Connection;

/** Opens the file with the adapter's own SQLite, and closes it when the test ends. */
export const openConnection = (path: string): Connection => {
  const connection = new Sqlite(path);
  onTestFinished(() => void connection.close());
  return connection;
};
