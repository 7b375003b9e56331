import { expect } from 'vitest';
import type { Database } from './stores.ts';

/** Counts a PostgreSQL database's deadlocks. Waits until its other connections are closed: a connection reports its deadlocks by then. */
export const deadlocksOn = async (database: Pick<Database, 'query'>): Promise<number> => {
  const others = 'select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  await expect.poll(() => database.query(others), { timeout: 20_000 }).toEqual([]);
  const [row] = await database.query('select deadlocks from pg_stat_database where datname = current_database()');
  return Number(row?.deadlocks);
};
