import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Archive } from '../archive/archive.ts';
import type { ArchiveRow, ArchiveTable } from './archive-tables.ts';

/** Rows in memory, and in one insert: so many have fewer parameters than either database allows. */
const pageSize = 500;

/** Yields all rows of the table, page by page. */
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
    // SQLite answers synchronously: without a pause, memory that statements hold outside the heap is never freed.
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
