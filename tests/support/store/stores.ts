import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { openMemoryStore } from '@mentorship/adapters/memory';
import type { Store } from '@mentorship/adapters/store';
import { Client } from 'pg';
import { describe, onTestFinished } from 'vitest';
import { createFromTemplate, createPostgresDatabase } from '../processes/postgres.ts';
import { temporaryFolder } from '../temporary-folder.ts';

type Row = Record<string, unknown>;

/** A connection of the test itself, which reads tables past the store or takes locks against it. */
export interface Connection {
  query(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** A database without a store; it is dropped when the test ends. */
export interface Database {
  readonly url: string;
  connect(): Promise<Connection>;
  query(sql: string): Promise<Row[]>;
}

/** A fresh store, closed when the test ends. */
export interface TestStore extends Store {
  /** Opens the same database again, as another process would. In memory it returns the same store. */
  another(): Promise<Store>;
}

/**
 * The adapter's own SQLite, which only its package can resolve. A second SQLite in the same process, such as Node's, would
 * not see the first one's locks and would drop them when it closes.
 */
const Sqlite = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely'))(
  'better-sqlite3',
) as new (path: string) => {
  prepare(sql: string): { readonly reader: boolean; all(): Row[]; run(): unknown };
  close(): void;
};

export const sqliteAt = (path: string): Database =>
  withConnections(`sqlite:${path}`, async () => {
    const database = new Sqlite(path);
    return {
      query: async (sql) => {
        const statement = database.prepare(sql);
        if (statement.reader) return statement.all();
        statement.run();
        return [];
      },
      close: async () => database.close(),
    };
  });

export const postgresAt = (url: string): Database =>
  withConnections(url, async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    return {
      query: async (sql) => (await client.query<Row>(sql)).rows,
      close: () => client.end(),
    };
  });

/** Connects to the database at a URL of the service. */
export const databaseAt = (url: string): Database =>
  url.startsWith('sqlite:') ? sqliteAt(url.slice('sqlite:'.length)) : postgresAt(url);

const withConnections = (url: string, connect: () => Promise<Connection>): Database => ({
  url,
  connect,
  async query(sql) {
    const connection = await connect();
    return connection.query(sql).finally(() => connection.close());
  },
});

const createSqlite = async (): Promise<Database> => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  return sqliteAt(join(folder.path, 'store.sqlite'));
};

const createPostgres = async (create = createPostgresDatabase): Promise<Database> => {
  const { url, drop } = await create();
  onTestFinished(drop);
  return postgresAt(url);
};

const migrate = async (url: string): Promise<void> => (await openKyselyStore(url)).close();

let migratedFile: Promise<Buffer> | undefined;
const readMigratedFile = async (): Promise<Buffer> => {
  const { path, remove } = temporaryFolder();
  const file = join(path, 'migrated.sqlite');
  await migrate(`sqlite:${file}`);
  const bytes = readFileSync(file);
  remove();
  return bytes;
};

/** Databases whose schema is up to date already: copies of one that was migrated. */
const createMigrated = {
  async sqlite(): Promise<Database> {
    const database = await createSqlite();
    writeFileSync(new URL(database.url).pathname, await (migratedFile ??= readMigratedFile()));
    return database;
  },
  postgres: () => createPostgres(() => createFromTemplate(migrate)),
};

/** Opens a store and closes it when the test ends. */
export const openOn = async ({ url }: Pick<Database, 'url'>): Promise<TestStore> => {
  const store = await openKyselyStore(url);
  onTestFinished(() => store.close());
  return { ...store, another: () => openOn({ url }) };
};

const openInMemory = async (): Promise<TestStore> => {
  const store = openMemoryStore();
  onTestFinished(() => store.close());
  return { ...store, another: async () => store };
};

/** Runs the tests on all three stores. Each call of `open` returns a new empty store. */
export const describeOnEachStore = (title: string, tests: (open: () => Promise<TestStore>) => void): void => {
  describe(`${title} on memory`, () => {
    tests(openInMemory);
  });
  describe(`${title} on sqlite`, () => {
    tests(async () => openOn(await createMigrated.sqlite()));
  });
  describe(`${title} on postgres`, () => {
    tests(async () => openOn(await createMigrated.postgres()));
  });
};

/** Runs the tests on SQLite only. Each call of `create` returns a new empty database. */
export const describeOnSqlite = (title: string, tests: (create: () => Promise<Database>) => void): void => {
  describe(`${title} on sqlite`, () => {
    tests(createSqlite);
  });
};

/** Runs the tests on PostgreSQL only. */
export const describeOnPostgres = (title: string, tests: (create: () => Promise<Database>) => void): void => {
  describe(`${title} on postgres`, () => {
    tests(() => createPostgres());
  });
};

/** Runs the tests on both databases: for tables, migrations and connections, which the memory store has not. */
export const describeOnEachDatabase = (
  title: string,
  tests: (create: () => Promise<Database>, name: 'sqlite' | 'postgres') => void,
): void => {
  describeOnSqlite(title, (create) => tests(create, 'sqlite'));
  describeOnPostgres(title, (create) => tests(create, 'postgres'));
};
