import { type Kysely, sql } from 'kysely';
import { appendOnly } from '../../kysely/postgres/engine.ts';
import { appendOnlyTables, type Schema } from '../../kysely/schema/schema.ts';
import { nameIn, plain, type Programs } from './programs.ts';

/** How many findings of one check are reported. */
const maxFindings = 5;

interface Reference {
  readonly table: string;
  readonly column: string;
  readonly other: string;
  readonly key: string;
}

/** The server verifies the checksum of each page that it reads, unless its checksums are switched off, and counts failures. */
export const postgresBrokenPages = async (db: Kysely<Schema>): Promise<string[]> => {
  const { rows } = await sql<{ failures: number | null }>`select checksum_failures as failures from pg_stat_database
    where datname = current_database()`.execute(db);
  return rows.flatMap(({ failures }) => (failures ? [`pages with a wrong checksum: ${failures}`] : []));
};

/** Finds rows that refer to a missing row, which can only be written while triggers are switched off. */
export const postgresStrayRows = async (db: Kysely<Schema>): Promise<string[]> => {
  const references = await sql<Reference>`
    select t.relname as table, a.attname as column, o.relname as other, k.attname as key
    from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class o on o.oid = c.confrelid
      join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
      join pg_attribute k on k.attrelid = o.oid and k.attnum = c.confkey[1]
    where c.contype = 'f' and t.relnamespace = (select oid from pg_namespace where nspname = current_schema()) order by 1, 2`.execute(
    db,
  );
  const found: string[] = [];
  for (const { table, column, other, key } of references.rows) {
    const own = sql.ref(`mine.${column}`);
    const { rows } = await sql<{ id: string }>`select distinct ${own}::text as id from ${sql.table(table)} as mine
      where ${own} is not null and not exists
        (select 1 from ${sql.table(other)} as theirs where ${sql.ref(`theirs.${key}`)} = ${own})
      limit ${maxFindings}`.execute(db);
    found.push(...rows.map(({ id }) => `${table}.${column} refers to ${id}, which does not exist in ${other}`));
  }
  return found;
};

/** See `Archive.shape`. */
export const postgresShape = async (db: Kysely<Schema>): Promise<string[]> => {
  const { rows } = await sql<{ part: string }>`
    with tables as (
      select oid, relname as name from pg_class where relkind = 'r' and relnamespace = (select oid from pg_namespace where nspname = current_schema())
    )
    select t.name || ': column ' || a.attname || case when a.attnotnull then '' else ', or null' end as part
      from tables t join pg_attribute a on a.attrelid = t.oid where a.attnum > 0 and not a.attisdropped
    union all
    select t.name || ': ' || a.attname || ' refers to ' || o.relname from tables t
      join pg_constraint c on c.conrelid = t.oid join pg_class o on o.oid = c.confrelid
      join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1] where c.contype = 'f' and c.convalidated
    union all
    select t.name || ': rule ' || c.conname from tables t
      join pg_constraint c on c.conrelid = t.oid where c.contype = 'c' and c.convalidated
    union all
    select t.name || ': ' || case when c.contype = 'u' then 'unique ' else
          case when i.indisunique then 'unique ' else '' end || 'index ' || n.relname || ' on ' end ||
        (select string_agg(a.attname, ', ' order by k.position) from unnest(i.indkey) with ordinality k(number, position)
          join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number)
      from tables t join pg_index i on i.indrelid = t.oid join pg_class n on n.oid = i.indexrelid
      left join pg_constraint c on c.conindid = n.oid and c.contype = 'u'
      where i.indisvalid and not i.indisprimary`.execute(db);
  return rows.map(({ part }) => part);
};

/**
 * See `Archive.programs`. Leaves out what extensions have created. A trigger that is switched off is as good as none.
 */
export const postgresPrograms = async (db: Kysely<Schema>): Promise<Programs> => {
  const { rows } = await sql<{ name: string; definition: string }>`
    with tables as (
      select oid, relname as name, relrowsecurity as secured, relkind as type from pg_class
      where relnamespace = (select oid from pg_namespace where nspname = current_schema())
        and not exists
          (select 1 from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
    )
    select 'trigger ' || g.tgname || ' of ' || t.name as name, pg_get_triggerdef(g.oid, true) as definition
      from tables t join pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal and g.tgenabled in ('O', 'A')
    union all
    select distinct 'function ' || p.proname, 'create function ' || p.proname || '() returns trigger language ' ||
        l.lanname || ' as $$' || p.prosrc || '$$'
      from tables t join pg_trigger g on g.tgrelid = t.oid join pg_proc p on p.oid = g.tgfoid
      join pg_language l on l.oid = p.prolang where not g.tgisinternal
    union all
    select 'rule ' || r.rulename || ' of ' || t.name, pg_get_ruledef(r.oid)
      from tables t join pg_rewrite r on r.ev_class = t.oid where t.type in ('r', 'p')
    union all
    select 'row security of ' || name, '' from tables where secured
    union all
    select 'view ' || name, '' from tables where type in ('v', 'm')`.execute(db);
  return new Map(rows.map(({ name, definition }) => [name, plain(definition)]));
};

export const newPostgresPrograms = (): Programs =>
  new Map(
    appendOnlyTables.flatMap((table) =>
      appendOnly(table).map(
        (statement) =>
          [
            statement.startsWith('create trigger')
              ? `trigger ${nameIn(statement)} of ${table}`
              : `function ${nameIn(statement)}`,
            plain(statement),
          ] as const,
      ),
    ),
  );
