import type { Database } from 'better-sqlite3';
import { type Kysely, sql } from 'kysely';
import type { Table } from './schema/ownership.ts';

/** A column a row; a table without columns is one of null. */
type ColumnRow = { readonly name: string; readonly column: string | null };

const toTables = (rows: readonly ColumnRow[]): Table[] =>
  [...Map.groupBy(rows, ({ name }) => name)].map(([name, columns]) => ({
    name,
    columns: columns.flatMap(({ column }) => column ?? []),
  }));

/** The tables of an SQLite database. What this build of SQLite has no module for may have no columns that it could tell. */
export const sqliteTables = (database: Pick<Database, 'prepare'>): Table[] =>
  toTables(
    database
      .prepare<[], ColumnRow>(
        `select m.name, c.name as "column" from sqlite_master m
         left join pragma_table_info(iif(m.sql like 'create virtual %', '', m.name)) c
         where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'`,
      )
      .all(),
  );

/** The tables of the schema in which PostgreSQL would make ours, whoever may read them; but for those of its extensions. */
export const postgresTables = async <Schema>(db: Kysely<Schema>): Promise<Table[]> => {
  const { rows } = await sql<ColumnRow>`select t.relname as name, a.attname as column
    from pg_class t join pg_namespace n on n.oid = t.relnamespace
    left join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where t.relkind in ('r', 'p', 'f') and n.nspname = current_schema() and not exists
      (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = t.oid and d.deptype = 'e')`.execute(
    db,
  );
  return toTables(rows);
};
