import { type Kysely, sql } from 'kysely';
import { StoreError } from '../../store-error.ts';
import { createDeadline, retry } from '../engine/deadline.ts';
import type { Engine } from '../engine/engine.ts';
import { type ColumnRow, requireOwnTables, type Table, toTables } from '../schema/ownership.ts';

/** Reads the tables of the schema in which PostgreSQL would create ours, readable or not, except tables of extensions. */
export const readTables = async <Schema>(db: Kysely<Schema>): Promise<Table[]> => {
  const { rows } = await sql<ColumnRow>`select t.relname as name, a.attname as column
    from pg_class t join pg_namespace n on n.oid = t.relnamespace
    left join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where t.relkind in ('r', 'p', 'f') and n.nspname = current_schema() and not exists
      (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = t.oid and d.deptype = 'e')`.execute(
    db,
  );
  return toTables(rows);
};

/** Texts that the encoding lacks would fail one by one, while the service runs. */
const requireUtf8 = async <Schema>(db: Kysely<Schema>, title: string): Promise<void> => {
  const { rows } = await sql<{ encoding: string }>`select current_setting('server_encoding') as encoding`.execute(db);
  const encoding = rows[0]?.encoding;
  if (encoding !== 'UTF8')
    throw new StoreError(
      `${title} has the encoding ${encoding}, which lacks characters that users write. ` +
        "Create a database with ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.",
    );
};

/** Throws `StoreError` when the database at the URL belongs to another program, or is not UTF-8. */
export const requireOwnership = async (
  { reads, isConflict }: Pick<Engine, 'reads' | 'isConflict'>,
  url: string,
  deadlineMs: number,
): Promise<void> => {
  const { hostname, pathname } = new URL(url);
  const title = `${hostname}${pathname}`;
  const tables = await retry(() => readTables(reads), isConflict, createDeadline(deadlineMs));
  requireOwnTables(tables, title);
  await requireUtf8(reads, title);
};
