import { goldenTables } from './golden.ts';
import { day, hour, minute, now } from '../records.ts';
import type { Database } from './stores.ts';

type Name = 'sqlite' | 'postgres';

const quoted = (milliseconds: number) => `'${new Date(milliseconds).toISOString()}'`;

export const releasedHash = '$argon2id$v=19$m=19456,t=2,p=1$salt$digest';
const imported = 'pbkdf2_sha256$600000$salt$digest';

/** The rows of a database of the first release. */
const firstRows = [
  `insert into schema_migrations values ('0001-accounts-and-sessions', ${quoted(now)})`,
  `insert into migration_lock values (1, 8)`,
  `insert into mentor_graph values (1, 1)`,
  `insert into users (username, username_key, email, password_hash, created_at, last_login_at) values
     ('Alice', 'alice', 'alice@example.com', '${releasedHash}', ${quoted(now)}, ${quoted(now)}),
     ('Bob', 'bob', null, '${releasedHash}', ${quoted(now)}, null)`,
  `insert into mentorships (mentee_id, mentor_id, began_at) values (1, 2, ${quoted(now)})`,
  `insert into sessions (id, user_id, created_at, expires_at, access_until, ended_at, end_reason) values
     ('live', 1, ${quoted(now)}, ${quoted(now + hour)}, ${quoted(now + hour)}, null, null),
     ('theirs', 2, ${quoted(now + minute)}, ${quoted(now + hour)}, ${quoted(now + hour)}, null, null),
     ('logged out', 1, ${quoted(now)}, ${quoted(now + hour)}, ${quoted(now + hour)}, ${quoted(now)}, 'logout'),
     ('changed', 2, ${quoted(now)}, ${quoted(now + hour)}, ${quoted(now + 1)}, ${quoted(now)}, 'password_changed'),
     ('long over', 1, ${quoted(now - 2 * hour)}, ${quoted(now - hour)}, ${quoted(now - hour)}, ${quoted(now - hour)},
       'logout')`,
  `insert into signing_keys values ('kid', 'x', ${quoted(now)}, ${quoted(now + hour)})`,
];

/** The rows that the second release added. Missing ids belong to rolled-back transactions. */
const secondRows = [
  `insert into schema_migrations values ('0002-revocation-and-records', ${quoted(now + day)})`,
  `update sessions set last_used_at = created_at`,
  `update sessions set end_number = 1 where ended_at is not null`,
  `insert into session_end_counter (id, number) values (1, 1)`,
  `update mentor_graph set version = 9`,
  `insert into users (username, username_key, email, phone, password_hash, created_at, ended_at) values
     ('Ünal', 'ünal', null, '+79999999999', '${imported}', ${quoted(now)}, null),
     ('former user 4', 'former user 4', null, null, '', ${quoted(now)}, ${quoted(now + 4 * day)}),
     ('_erin', '_erin', null, null, '${releasedHash}', ${quoted(now)}, null)`,
  `update mentorships set ended_at = ${quoted(now + day)}, end_reason = 'replaced'`,
  `insert into mentorships (id, mentee_id, mentor_id, began_at, ended_at, end_reason) values
     (4, 5, 3, ${quoted(now + 2 * day)}, ${quoted(now + 3 * day)}, 'removed'),
     (2, 1, 3, ${quoted(now + day)}, null, null),
     (5, 2, 4, ${quoted(now + 3 * day)}, ${quoted(now + 4 * day)}, 'account_ended'),
     (7, 5, 1, ${quoted(now + 3 * day)}, null, null)`,
  `insert into user_networks values (1, '192.0.2.1', ${quoted(now)})`,
  `insert into attempt_counts values ('key', 3, ${quoted(now + hour)})`,
  `insert into security_events (type, occurred_at, user_id, count, keep_until) values
     ('logged_in', ${quoted(now)}, 1, 1, ${quoted(now + 90 * day)})`,
];

const make = async (name: Name, { query }: Database, schema: string, rows: readonly string[]): Promise<void> => {
  for (const statement of [...(await goldenTables(name, schema)), ...rows]) await query(statement);
};

/** Creates the tables of the first release, with rows that a test knows. The golden database has the times of a clock. */
export const makeFirstRelease = (name: Name, database: Database): Promise<void> =>
  make(name, database, '0001', firstRows);

export const makeSecondRelease = (name: Name, database: Database): Promise<void> =>
  make(name, database, '0002', [...firstRows, ...secondRows]);

/** Returns all parts of a schema. */
export const schemaOf = async (name: Name, { query }: Database): Promise<unknown> =>
  name === 'sqlite'
    ? query(`select type, name, tbl_name, sql from sqlite_master order by type, name`)
    : [
        await query(`select table_name, column_name, data_type, collation_name, is_nullable, column_default, is_identity,
                       is_generated, generation_expression from information_schema.columns
                     where table_schema = 'public' order by 1, 2`),
        await query(`select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1`),
        await query(`select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
                     where connamespace = 'public'::regnamespace order by 1, 2`),
        await query(`select tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger
                     where not tgisinternal order by 1, 2`),
        await query(`select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace order by 1`),
        await query(`select relname, relkind from pg_class where relnamespace = 'public'::regnamespace order by 1`),
      ];

/** Returns every row of every table. */
export const rowsOf = async (name: Name, { query }: Database): Promise<Record<string, unknown>> => {
  const tables = await query(
    name === 'sqlite'
      ? `select name from sqlite_master where type = 'table' order by 1`
      : `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  const rows: Record<string, unknown> = {};
  for (const table of tables)
    rows[String(table.name)] = await query(`select * from ${String(table.name)} order by 1, 2`);
  return rows;
};
