import { storageUnavailable } from '@mentorship/application';
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import type { Schema } from '../../kysely/schema/schema.ts';
import { StoreError } from '../../store-error.ts';
import { connectionString } from '../../kysely/postgres/connection-string.ts';
import { readTables } from '../../kysely/postgres/ownership.ts';
import type { Archive } from './archive.ts';
import {
  newPostgresPrograms,
  postgresBrokenPages,
  postgresPrograms,
  postgresShape,
  postgresStrayRows,
} from './postgres-inspection.ts';

const connectTimeoutMs = 10_000;

/** How long one statement of a check may take. */
const statementTimeoutMs = 10 * 60 * 1000;

/** A server may list a connection for so long after it was closed. */
const closingTimeoutMs = 1000;

/** Reads bigint columns as numbers: no value of the service comes near 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (id, format) =>
    id === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(id, format) as never),
};

/** Marks the error as one of the database: "ENOENT" of a certificate, or "timeout expired", does not say so itself. */
const unavailable = (error: unknown): never => {
  throw storageUnavailable(error);
};

/** An error without an SQLSTATE is a failed connection: "ECONNRESET" does not say of what. */
const unlessAnswered = (error: unknown): never => {
  if (error instanceof pg.DatabaseError) throw error;
  return unavailable(error);
};

const makeClient = (url: string): pg.Client => {
  try {
    return new pg.Client({
      connectionString: connectionString(url),
      connectionTimeoutMillis: connectTimeoutMs,
      application_name: 'mentorship archive',
      types,
    });
  } catch (error) {
    return unavailable(error);
  }
};

/** Connects to the PostgreSQL database at the URL when it is first used. */
export const openPostgresArchive = (url: string): Archive => {
  const { hostname, pathname } = new URL(url);
  const title = `${hostname}${pathname}`;
  const client = makeClient(url);
  client.on('error', () => {});
  // No pool: after a lost connection it would open another one, and continue there outside the transaction.
  let connected: Promise<unknown> | undefined;
  const connect = async (): Promise<PostgresPoolClient> => {
    await (connected ??= client.connect().catch(unavailable));
    const query = (text: string, values: unknown[]) => client.query(text, values).catch(unlessAnswered);
    return { query: query as never, release: () => {} };
  };
  const end = async () => {
    if (connected) await client.end();
  };
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect, end, options: {} } }) });
  const run = (statement: string) => sql.raw(statement).execute(db);

  const isUsed = async () => {
    // PostgreSQL would repeat the first answer until the transaction ends.
    await run('select pg_stat_clear_snapshot()');
    const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database()
      and application_name like 'mentorship%' and pid <> pg_backend_pid() limit 1`.execute(db);
    return rows.length > 0;
  };
  const requireUnused = async () => {
    const deadline = performance.now() + closingTimeoutMs;
    while (await isUsed()) {
      if (performance.now() > deadline)
        throw new StoreError(`${title} is in use. Stop every instance of the service first.`);
      await delay(10);
    }
  };

  return {
    title,
    db,
    async begin() {
      await run('begin isolation level repeatable read');
      await requireUnused();
    },
    async commit() {
      await requireUnused();
      await run('commit');
    },
    async snapshot() {
      await run('begin isolation level repeatable read read only');
      // A role may have a timeout for the statements of requests.
      await run(`set local statement_timeout = ${statementTimeoutMs}`);
    },
    brokenPages: () => postgresBrokenPages(db),
    strayRows: () => postgresStrayRows(db),
    tables: () => readTables(db),
    shape: () => postgresShape(db),
    programs: () => postgresPrograms(db),
    expectedPrograms: newPostgresPrograms,
    async lastId(table) {
      const { rows } = await sql<{ last: number }>`select case when is_called then last_value else last_value - 1 end
        as last from ${sql.table(`${table}_id_seq`)}`.execute(db);
      return rows[0]?.last ?? 0;
    },
    async setLastId(table, id) {
      await sql`select setval(${`${table}_id_seq`}::regclass, ${Math.max(id, 1)}, ${id > 0})`.execute(db);
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  };
};
