import { hash } from 'node:crypto';
import { type Archive, numberedTables } from '../archive/archive.ts';
import { readPages } from './archive-rows.ts';
import { type ArchiveRow, archiveTables } from './archive-tables.ts';

/** The checksum of a table: equal for equal rows, in whatever order a database returns them. */
export interface TableSum {
  readonly table: string;
  readonly rows: number;
  readonly checksum: string;
}

/** Adds up the SHA-256 digests of rows, modulo 2^256. */
export const sumRows = (table: string) => {
  let [rows, sum] = [0, 0n];
  return {
    add(row: ArchiveRow): void {
      const sorted = Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const digest = hash('sha256', JSON.stringify([table, sorted]));
      sum = BigInt.asUintN(256, sum + BigInt(`0x${digest}`));
      rows += 1;
    },
    total: (): TableSum => ({ table, rows, checksum: sum.toString(16).padStart(64, '0') }),
  };
};

/** Returns the checksum of the last ids that the tables have assigned. */
export const sumLastIds = async (archive: Archive): Promise<TableSum> => {
  const sum = sumRows('last ids');
  for (const table of numberedTables) sum.add({ table, last: await archive.lastId(table) });
  return sum.total();
};

/** Returns the checksum of every table; `onRows` hears how many more rows have been read. */
export const sumTables = async (archive: Archive, onRows: (count: number) => void): Promise<TableSum[]> => {
  const sums: TableSum[] = [];
  for (const table of archiveTables) {
    const sum = sumRows(table.name);
    for await (const rows of readPages(archive, table)) {
      for (const row of rows) sum.add(row);
      onRows(rows.length);
    }
    sums.push(sum.total());
  }
  return [...sums, await sumLastIds(archive)];
};

/** Returns one checksum of all tables. */
export const checksumOf = (sums: readonly TableSum[]): string => hash('sha256', JSON.stringify(sums));
