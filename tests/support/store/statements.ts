import { createRequire } from 'node:module';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';

/** The adapter's own SQLite: see stores.ts. */
const Sqlite = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely'))(
  'better-sqlite3',
) as { prototype: { prepare(sql: string): unknown } };

/** What was sent to a database; of SQLite without the values, which nothing here depends on. */
export interface SentStatement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Notes, until the test ends, what the stores of this process send to their databases, on its way there. */
export const noteStatements = (): SentStatement[] => {
  const statements: SentStatement[] = [];
  const sqlite = Sqlite.prototype;
  const postgres = Client.prototype as { query(this: Client, ...input: unknown[]): unknown };
  const { prepare } = sqlite;
  const { query } = postgres;
  sqlite.prepare = function (sql) {
    statements.push({ sql, values: [] });
    return prepare.call(this, sql);
  };
  postgres.query = function (...input) {
    const [asked, more] = input as [string | { text?: string; values?: unknown[] }, unknown];
    const { text, values } = typeof asked === 'string' ? { text: asked, values: more } : asked;
    if (text !== undefined) statements.push({ sql: text, values: Array.isArray(values) ? values : [] });
    return query.apply(this, input);
  };
  onTestFinished(() => {
    Object.assign(sqlite, { prepare });
    Object.assign(postgres, { query });
  });
  return statements;
};
