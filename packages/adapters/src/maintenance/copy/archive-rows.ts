import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Archive } from '../archive/archive.ts';
import type { ArchiveRow, ArchiveTable } from './archive-tables.ts';

/** How many rows are in memory at a time: as one statement they have fewer parameters than either database takes. */
const pageSize = 500;

/** All rows of the table, page by page. */
export const readPages = async function* (
  { db }: Archive,
  { name, key, derived = [] }: ArchiveTable,
): AsyncGenerator<ArchiveRow[]> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let after: ArchiveRow | undefined;
  do {
    const beyond = after && sql`where (${columns}) > (${sql.join(key.map((column) => after?.[column]))})`;
    const { rows } = await sql<Record<string, ArchiveRow[string]>>`select * from ${sql.table(name)}
      ${beyond ?? sql``} order by ${columns} limit ${sql.lit(pageSize)}`.execute(db);
    for (const row of rows) for (const column of derived) delete row[column];
    if (rows.length > 0) yield rows;
    // SQLite answers at once: without a pause, what statements hold outside the heap would never be given back.
    await setImmediate();
    after = rows.length < pageSize ? undefined : rows.at(-1);
  } while (after);
};

export const writePage = async (
  { db }: Archive,
  { name }: ArchiveTable,
  rows: readonly ArchiveRow[],
): Promise<void> => {
  await db.insertInto(name).values(rows).execute();
};

export const countRows = async ({ db }: Archive, { name }: ArchiveTable): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(db);
  return rows[0]?.count ?? 0;
};
