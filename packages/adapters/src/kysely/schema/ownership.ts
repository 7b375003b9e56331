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
export const ownerOf = (tables: readonly Table[]): 'us' | 'nobody' | 'somebody else' => {
  const ours = tables.filter(({ name, columns }) => bookkeeping[name]?.every((column) => columns.includes(column)));
  if (ours.length === Object.keys(bookkeeping).length) return 'us';
  return ours.length === tables.length ? 'nobody' : 'somebody else';
};

/** What to say of somebody else's database. */
export const belongsElsewhere = (title: string, advice = ''): StoreError =>
  new StoreError(`${title} belongs to something else: it is no database of this service.${advice && ` ${advice}`}`);

/** Throws `StoreError` when the tables are neither ours nor none: a wrong URL makes no store among them. */
export const refuseForeign = (tables: readonly Table[], title: string): void => {
  if (ownerOf(tables) === 'somebody else')
    throw belongsElsewhere(title, 'Name a new or an empty database in DATABASE_URL.');
};
