import { type Database, SqliteError } from 'better-sqlite3';
import { appendOnly } from '../../kysely/sqlite/engine.ts';
import { appendOnlyTables } from '../../kysely/schema/schema.ts';
import { nameIn, plain, type Programs } from './programs.ts';

/** How many findings of one check are reported. */
const maxFindings = 5;

/** Returns what `integrity_check` finds. */
export const sqliteBrokenPages = (database: Database): string[] => {
  try {
    const pages = database.pragma(`integrity_check(${maxFindings})`) as { integrity_check: string }[];
    return pages.flatMap(({ integrity_check }) => integrity_check.split('\n')).filter((line) => line !== 'ok');
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [error.message];
  }
};

/** Whether a statement failed because the file is damaged. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof SqliteError && /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(error.code);

/** Whether this user may not write to the file or its folder, which in WAL mode even reading needs. */
export const isForbidden = (error: unknown): error is Error =>
  error instanceof SqliteError && /^SQLITE_(READONLY|CANTOPEN)/.test(error.code);

/** Returns what `foreign_key_check` finds. */
export const sqliteStrayRows = (database: Database): string[] => {
  const references = database.prepare('select "table", rowid as row, parent from pragma_foreign_key_check limit ?');
  return (references.all(maxFindings) as { table: string; row: number; parent: string }[]).map(
    ({ table, row, parent }) => `row ${row} of ${table} refers to a row that does not exist in ${parent}`,
  );
};

/** See `Archive.shape`. */
export const sqliteShape = (database: Database): string[] => [
  ...(database.prepare(parts).pluck().all() as string[]),
  ...(database.prepare(tables).all() as { name: string; sql: string }[]).flatMap(({ name, sql }) =>
    [...sql.matchAll(/constraint "?(\w+)"? check/gi)].map(([, check]) => `${name}: rule ${check}`),
  ),
];

const tables = `select name, sql from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'`;

const parts = `
  with tables as (${tables})
  select t.name || ': column ' || c.name || iif(c."notnull" or c.pk, '', ', or null')
    from tables t join pragma_table_xinfo(t.name) c
  union all
  select t.name || ': ' || f."from" || ' refers to ' || f."table" from tables t join pragma_foreign_key_list(t.name) f
  union all
  select t.name || ': ' || iif(i."unique", 'unique ', '') || 'index ' || i.name || ' on ' ||
      (select group_concat(name, ', ') from (select name from pragma_index_info(i.name) order by seqno))
    from tables t join pragma_index_list(t.name) i where i.origin = 'c'
  union all
  select t.name || ': unique ' || (select group_concat(name, ', ') from pragma_index_info(i.name))
    from tables t join pragma_index_list(t.name) i where i.origin = 'u'`;

/** See `Archive.programs`. */
export const sqlitePrograms = (database: Database): Programs => {
  const rows = database.prepare(`select type, name, tbl_name as "table", sql from sqlite_master
    where type in ('trigger', 'view')`);
  return new Map(
    (rows.all() as { type: string; name: string; table: string; sql: string }[]).map(({ type, name, table, sql }) => [
      type === 'view' ? `view ${name}` : `trigger ${name} of ${table}`,
      plain(sql),
    ]),
  );
};

export const newSqlitePrograms = (): Programs =>
  new Map(
    appendOnlyTables.flatMap((table) =>
      appendOnly(table).map((statement) => [`trigger ${nameIn(statement)} of ${table}`, plain(statement)] as const),
    ),
  );
