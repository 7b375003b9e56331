import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openKyselyStore } from '@mentorship/adapters/kysely';
import { openMemoryStore } from '@mentorship/adapters/memory';
import type { Store } from '@mentorship/adapters/store';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { createPostgresDatabase, type PostgresDatabase } from '../processes/postgres.ts';
import { temporaryFolder } from '../temporary-folder.ts';

type Row = Record<string, unknown>;

/** A connection beside the stores: what a test looks at the tables with, or stands in a store's way with. */
export interface Connection {
  query(sql: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** A database on which nobody has opened a store yet; it goes when the test ends. */
export interface Database {
  readonly url: string;
  connect(): Promise<Connection>;
  query(sql: string): Promise<Row[]>;
}

/** A fresh store, closed when the test ends. */
export interface TestStore extends Store {
  /** Another store on the same database, as another process would open it. In memory there is only the one. */
  another(): Promise<Store>;
}

/**
 * The adapter's own SQLite, which only its package can resolve. Another one in the same process, such as Node's, would
 * not see this one's locks, and break them when it closes.
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

/** The database at this URL, as the service knows it. */
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

const createPostgres = async (): Promise<Database> => {
  const { url, drop } = await createPostgresDatabase();
  onTestFinished(drop);
  return postgresAt(url);
};

/** Opens a store that is closed when the test ends. */
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

/** A PostgreSQL database takes most of a second to make: the tests of a suite share one, each in a schema of its own. */
const shareOnePostgres = (): (() => Promise<Database>) => {
  let shared: PostgresDatabase;
  let schemas = 0;
  beforeAll(async () => {
    shared = await createPostgresDatabase();
  });
  afterAll(() => shared.drop());
  return async () => {
    const schema = `test_${(schemas += 1)}`;
    await postgresAt(shared.url).query(`create schema ${schema}`);
    const url = new URL(shared.url);
    url.searchParams.set('options', `-csearch_path=${schema}`);
    return postgresAt(url.href);
  };
};

/** The same tests on all three stores. `open` gives each test that calls it a fresh one. */
export const describeOnEachStore = (title: string, tests: (open: () => Promise<TestStore>) => void): void => {
  describe(`${title} on memory`, () => {
    tests(openInMemory);
  });
  describe(`${title} on sqlite`, () => {
    tests(async () => openOn(await createSqlite()));
  });
  describe(`${title} on postgres`, () => {
    const create = shareOnePostgres();
    tests(async () => openOn(await create()));
  });
};

/** For what only one of the databases has. */
export const describeOnSqlite = (title: string, tests: (create: () => Promise<Database>) => void): void => {
  describe(`${title} on sqlite`, () => {
    tests(createSqlite);
  });
};

export const describeOnPostgres = (title: string, tests: (create: () => Promise<Database>) => void): void => {
  describe(`${title} on postgres`, () => {
    tests(createPostgres);
  });
};

/** For what only databases have: tables, migrations, connections. `create` gives each test a fresh empty one. */
export const describeOnEachDatabase = (
  title: string,
  tests: (create: () => Promise<Database>, name: 'sqlite' | 'postgres') => void,
): void => {
  describeOnSqlite(title, (create) => tests(create, 'sqlite'));
  describeOnPostgres(title, (create) => tests(create, 'postgres'));
};
