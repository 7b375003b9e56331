import { StoreError } from '../../store-error.ts';

/** A table of a database and the names of its columns. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** A row for each column of a table; one row with null for a table without columns. */
export interface ColumnRow {
  readonly name: string;
  readonly column: string | null;
}

export const toTables = (rows: readonly ColumnRow[]): Table[] =>
  [...Map.groupBy(rows, ({ name }) => name)].map(([name, columns]) => ({
    name,
    columns: columns.flatMap(({ column }) => column ?? []),
  }));

/** The tables that a store has before all others, with columns that identify them: other programs have a table `schema_migrations` too. */
const bookkeeping: Readonly<Record<string, readonly string[]>> = {
  schema_migrations: ['name', 'applied_at'],
  migration_lock: ['id', 'taken'],
};

/** Returns whose tables these are. A store that another process is creating counts as empty. */
export const ownershipOf = (tables: readonly Table[]): 'ours' | 'empty' | 'foreign' => {
  const ours = tables.filter(({ name, columns }) => bookkeeping[name]?.every((column) => columns.includes(column)));
  if (ours.length === Object.keys(bookkeeping).length) return 'ours';
  return ours.length === tables.length ? 'empty' : 'foreign';
};

/** The error for a database of another program. */
export const foreignDatabase = (title: string, advice = ''): StoreError =>
  new StoreError(`${title} belongs to something else: it is not a database of this service.${advice && ` ${advice}`}`);

/** Throws `StoreError` when the tables are foreign, so that a wrong URL creates no store among them. */
export const requireOwnTables = (tables: readonly Table[], title: string): void => {
  if (ownershipOf(tables) === 'foreign')
    throw foreignDatabase(title, 'Name a new or an empty database in DATABASE_URL.');
};
