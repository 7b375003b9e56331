import type { ForeignAccount } from '@mentorship/application';
import { sql } from 'kysely';
import type { Archive, ArchiveOptions } from '../maintenance/archive/archive.ts';
import { openArchive } from '../maintenance/archive/open-archive.ts';
import { isForbidden } from '../maintenance/archive/sqlite-inspection.ts';
import { remedyFor, rootCause } from '../explain-failure.ts';
import { StoreError } from '../store-error.ts';
import { sqlitePath } from '../kysely/store.ts';
import { readTimestamp } from './read-timestamp.ts';

/** The table of users of the original, and the columns that the import reads. */
const table = 'mentorship_user';
const columns = ['id', 'username', 'password', 'email', 'phone', 'mentor_id', 'is_active', 'date_joined'] as const;

type Row = Readonly<Record<(typeof columns)[number], string | null>>;

/** The parts of the original's database that are not imported. */
export interface LeftBehind {
  /** Columns of the table of users. */
  readonly columns: readonly string[];
  /** Other tables that have rows, and how many; null when the user may not read the table. */
  readonly tables: readonly { readonly name: string; readonly rows: number | null }[];
}

/** A database of the original, a Django application. It is only read. */
export interface DjangoDatabase extends AsyncDisposable {
  /** Its name in messages, without a password. */
  readonly title: string;
  /** Throws `StoreError` when another process has it open, and locks an SQLite file until this is closed. */
  requireIdle(): Promise<void>;
  /** Returns all accounts, as the database has them. Throws `StoreError`. */
  readAccounts(): Promise<ForeignAccount[]>;
  listLeftBehind(): Promise<LeftBehind>;
}

/** Opens the database at `sqlite:<path>` or `postgres://…`. Throws `StoreError`. */
export const openDjango = async (url: string, options: ArchiveOptions = {}): Promise<DjangoDatabase> => {
  const path = sqlitePath(url);
  const name = path ?? withoutPassword(url);
  const archive = await reading(name, async () => openArchive(url, options));
  const { title, db } = archive;
  const tables = () => db.introspection.getTables();

  return {
    title,
    requireIdle: () => reading(title, () => (path === null ? requireNoOtherConnection(archive) : archive.begin())),

    readAccounts: () =>
      reading(title, async () => {
        if (path === null) await setTimestampFormat(archive);
        const present = await tables();
        const users = present.find((each) => each.name === table);
        if (!users)
          throw new StoreError(
            present.some((each) => each.name === 'schema_migrations')
              ? `${title} is a store of this service. Use "copy" for it.`
              : `${title} is of another application: it has no table ${table}. Name a database of the original.`,
          );
        const missing = columns.filter((column) => !users.columns.some((each) => each.name === column));
        if (missing.length > 0)
          throw new StoreError(
            `${title} is of another application: its table ${table} has no ${missing.join(', ')}. Name a database of the original.`,
          );
        const asText = columns.map((column) => sql`cast(${sql.ref(column)} as text) as ${sql.ref(column)}`);
        const { rows } =
          await sql<Row>`select ${sql.join(asText)} from ${sql.table(table)} order by ${sql.ref('id')}`.execute(db);
        return rows.map(toAccount);
      }),

    listLeftBehind: () =>
      reading(title, async () => {
        const present = (await tables()).filter(({ isView }) => !isView);
        const users = present.find((each) => each.name === table);
        const counted: { name: string; rows: number | null }[] = [];
        for (const { name, schema } of present)
          if (name !== table) counted.push({ name, rows: await count(archive, name, schema) });
        return {
          columns: (users?.columns ?? [])
            .map((each) => each.name)
            .filter((each) => !columns.some((read) => read === each)),
          tables: counted.filter(({ rows }) => rows !== 0),
        };
      }),

    [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
  };
};

/** For this connection: the database or the role may have a local format or time zone. */
const setTimestampFormat = async ({ db }: Archive): Promise<void> => {
  for (const setting of [`datestyle to 'ISO'`, `timezone to 'UTC'`]) await sql.raw(`set ${setting}`).execute(db);
};

const booleans: Readonly<Record<string, boolean>> = { 1: true, t: true, true: true, 0: false, f: false, false: false };

const toAccount = (row: Row): ForeignAccount => ({
  id: row.id,
  username: row.username,
  passwordHash: row.password,
  email: row.email,
  phone: row.phone,
  mentorId: row.mentor_id,
  active: booleans[row.is_active ?? ''] ?? null,
  joined: { written: row.date_joined, at: readTimestamp(row.date_joined) },
});

/** Throws `StoreError` when there is another connection to the PostgreSQL database. */
const requireNoOtherConnection = async ({ db, title }: Archive): Promise<void> => {
  const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database()
    and usesysid is not null and pid <> pg_backend_pid() limit 1`.execute(db);
  if (rows.length > 0)
    throw new StoreError(`${title} is in use. Stop the original, and every other program connected to it, first.`);
};

/** Returns null when the user may not read the table. */
const count = async ({ db }: Archive, name: string, schema: string | undefined): Promise<number | null> => {
  const from = schema === undefined ? sql.id(name) : sql.id(schema, name);
  try {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${from}`.execute(db);
    return rows[0]?.count ?? 0;
  } catch {
    return null;
  }
};

const withoutPassword = (url: string): string => {
  const { hostname, pathname } = new URL(url);
  return `${hostname}${pathname}`;
};

/** Turns an error of the database into one plain line with its name. */
const reading = async <Result>(title: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (isForbidden(error))
      throw new StoreError(
        `${title} cannot be read (${error.message}): SQLite must be able to write in its folder. ` +
          `Have a user with that right make a copy for you: sqlite3 ${title} ".backup copy.sqlite3".`,
      );
    throw new StoreError(
      `${title} cannot be read (${rootCause(error).message}). ` +
        remedyFor(error, 'Check what it is, and who may read it.'),
    );
  }
};
