import { StoreError } from '../../store-error.ts';

/** A table of a database, and the names of its columns. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The tables that every store has from its first moment on, with columns of theirs; others have the first too, but not these. */
const bookkeeping: Readonly<Record<string, readonly string[]>> = {
  schema_migrations: ['name', 'applied_at'],
  migration_lock: ['id', 'taken'],
};

/** Whose tables these are. Nobody's are none, and the first of a store that somebody is only just making. */
export const ownershipOf = (tables: readonly Table[]): 'ours' | 'empty' | 'foreign' => {
  const ours = tables.filter(({ name, columns }) => bookkeeping[name]?.every((column) => columns.includes(column)));
  if (ours.length === Object.keys(bookkeeping).length) return 'ours';
  return ours.length === tables.length ? 'empty' : 'foreign';
};

/** What to say of somebody else's database. */
export const foreignDatabase = (title: string, advice = ''): StoreError =>
  new StoreError(`${title} belongs to something else: it is no database of this service.${advice && ` ${advice}`}`);

/** Throws `StoreError` when the tables are neither ours nor none: a wrong URL makes no store among them. */
export const rejectForeign = (tables: readonly Table[], title: string): void => {
  if (ownershipOf(tables) === 'foreign')
    throw foreignDatabase(title, 'Name a new or an empty database in DATABASE_URL.');
};
