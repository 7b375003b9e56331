import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Engine } from './engine.ts';
import { belongsElsewhere, ownerOf, type Table } from './owner.ts';
import { createPatience, retrying } from './patience.ts';
import { isBusy } from './sqlite-statements.ts';
import { postgresTables, sqliteTables } from './tables.ts';

/** Throws `StoreError` when the tables are neither ours nor none: a wrong URL makes no store among them. */
const refuseForeign = (tables: readonly Table[], title: string): void => {
  if (ownerOf(tables) === 'somebody else')
    throw belongsElsewhere(title, 'Name a new or an empty database in DATABASE_URL.');
};

/** The same of a file, before it is opened as a store: that alone changes it. */
export const refuseForeignFile = async (path: string, patience: number): Promise<void> => {
  if (!existsSync(path)) return;
  const look = () => {
    // Whoever could write to it would, when closing, put into it what its last user has left beside it.
    const database = new Database(path, { readonly: existsSync(`${path}-wal`), fileMustExist: true, timeout: 0 });
    try {
      return sqliteTables(database);
    } finally {
      database.close();
    }
  };
  refuseForeign(await retrying(look, isBusy, createPatience(patience)), path);
};

/** The same of the PostgreSQL database at the URL. */
export const refuseForeignDatabase = async (
  { reads, isConflict }: Pick<Engine, 'reads' | 'isConflict'>,
  url: string,
  patience: number,
): Promise<void> => {
  const { hostname, pathname } = new URL(url);
  const tables = await retrying(() => postgresTables(reads), isConflict, createPatience(patience));
  refuseForeign(tables, `${hostname}${pathname}`);
};
