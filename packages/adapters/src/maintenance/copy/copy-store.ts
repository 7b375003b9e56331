import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { foreignDatabase, ownershipOf } from '../../kysely/schema/ownership.ts';
import { areSameFile } from '../../kysely/sqlite/file-name.ts';
import { StoreError } from '../../store-error.ts';
import { migrateStore, sqlitePath } from '../../kysely/store.ts';
import { type Archive, numberedTables } from '../archive/archive.ts';
import { fillStore } from '../backup/fill-store.ts';
import { countRows, readPages, writePage } from './archive-rows.ts';
import { archiveTables } from './archive-tables.ts';
import { checksumOf, sumLastIds, sumRows, sumTables, type TableSum } from './checksum.ts';
import { openArchive, requireCurrentStore } from '../archive/open-archive.ts';

export interface Copied {
  readonly tables: readonly TableSum[];
  /** Equal on both sides. */
  readonly checksum: string;
}

/** Hears how many rows have been read, of all rows on both sides. */
type OnProgress = (done: number, total: number) => void;

/**
 * Copies everything from one store to another, which must be new or empty: users, history, sessions, keys and the last ids.
 * Commits only when both sides have the same checksum. Throws `StoreError`, and errors of the databases.
 */
export const copyStore = async (from: string, to: string, onProgress: OnProgress = () => {}): Promise<Copied> => {
  if (areSame(from, to)) throw new StoreError('Source and target are the same store. Name another target.');
  await using source = openArchive(from);
  await requireCurrentStore(source);
  await source.begin();
  await requireNewOrEmpty(to);
  return await fillStore(to, (to) => copyAll(source, to, onProgress));
};

const copyAll = async (source: Archive, to: string, onProgress: OnProgress): Promise<Copied> => {
  await migrateStore(to);
  await using target = openArchive(to);
  await target.begin();
  await requireEmpty(
    target,
    archiveTables.map(({ name }) => name),
  );
  let total = 0;
  for (const table of archiveTables) total += 2 * (await countRows(source, table));
  let done = 0;
  const onRows = (count: number) => onProgress((done += count), total);

  const sent = await sendRows(source, target, onRows);
  const received = await sumTables(target, onRows);
  const different = sent.find(({ checksum }, index) => checksum !== received[index]?.checksum);
  if (different)
    throw new StoreError(`The copy differs from ${source.title} in "${different.table}". Nothing was kept.`);
  await source.commit();
  await target.commit();
  return { tables: received, checksum: checksumOf(received) };
};

/** Whether both URLs are the same, or paths of the same file. */
const areSame = (from: string, to: string): boolean => {
  const [source, target] = [sqlitePath(from), sqlitePath(to)];
  return from === to || (source !== null && target !== null && areSameFile(source, target));
};

const sendRows = async (source: Archive, target: Archive, onRows: (count: number) => void): Promise<TableSum[]> => {
  const sums: TableSum[] = [];
  for (const table of archiveTables) {
    if (table.counter) await sql`delete from ${sql.table(table.name)}`.execute(target.db);
    const sum = sumRows(table.name);
    for await (const rows of readPages(source, table)) {
      for (const row of rows) sum.add(row);
      await writePage(target, table, rows);
      onRows(rows.length);
    }
    sums.push(sum.total());
  }
  for (const table of numberedTables) await target.setLastId(table, await source.lastId(table));
  return [...sums, await sumLastIds(source)];
};

/** Throws `StoreError` when the database at the URL exists and is neither empty nor an empty store. Creates nothing. */
const requireNewOrEmpty = async (url: string): Promise<void> => {
  const path = sqlitePath(url);
  if (path !== null && !existsSync(path)) return;
  await using target = openArchive(url);
  const tables = await target.tables();
  if (ownershipOf(tables) === 'foreign') throw foreignDatabase(target.title, 'Name a new or an empty database.');
  await requireEmpty(
    target,
    tables.map(({ name }) => name),
  );
};

/** Throws `StoreError` when a table has rows that a new store does not have. */
const requireEmpty = async (target: Archive, present: readonly string[]): Promise<void> => {
  for (const table of archiveTables) {
    if (table.counter || !present.includes(table.name)) continue;
    if ((await countRows(target, table)) > 0)
      throw new StoreError(`${target.title} is not empty: it has ${table.name}. Name a new or an empty database.`);
  }
};
