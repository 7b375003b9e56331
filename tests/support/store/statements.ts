import { createRequire } from 'node:module';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';

interface SqliteStatement {
  readonly source: string;
  all(...input: unknown[]): unknown;
  run(...input: unknown[]): unknown;
}

/** The SQLite that the adapter uses: see stores.ts. */
const Sqlite = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely'))(
  'better-sqlite3',
) as new (path: string) => { prepare(sql: string): SqliteStatement; close(): void };

const sqliteStatement = (): SqliteStatement => {
  const database = new Sqlite(':memory:');
  const prototype = Object.getPrototypeOf(database.prepare('select 1')) as SqliteStatement;
  database.close();
  return prototype;
};

/** A statement that was sent to a database. For SQLite without its values, which no test depends on. */
export interface SentStatement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Whether it reads or writes rows, unlike those that begin transactions or describe tables. */
export const isQuery = ({ sql }: SentStatement): boolean => /^(select|with|insert|update|delete) /.test(sql);

/** Records, until the test ends, the statements that the stores of this process send to their databases. */
export const recordStatements = (): SentStatement[] => {
  const statements: SentStatement[] = [];
  const sqlite = sqliteStatement();
  const postgres = Client.prototype as { query(this: Client, ...input: unknown[]): unknown };
  const { all, run } = sqlite;
  const { query } = postgres;
  const recording = (method: (...input: unknown[]) => unknown) =>
    function (this: SqliteStatement, ...input: unknown[]) {
      statements.push({ sql: this.source, values: [] });
      return method.apply(this, input);
    };
  Object.assign(sqlite, { all: recording(all), run: recording(run) });
  postgres.query = function (...input) {
    const [sent, parameters] = input as [string | { text?: string; values?: unknown[] }, unknown];
    const { text, values } = typeof sent === 'string' ? { text: sent, values: parameters } : sent;
    if (text !== undefined) statements.push({ sql: text, values: Array.isArray(values) ? values : [] });
    return query.apply(this, input);
  };
  onTestFinished(() => {
    Object.assign(sqlite, { all, run });
    Object.assign(postgres, { query });
  });
  return statements;
};
