import { createRequire } from 'node:module';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';

/** The adapter's own SQLite: see stores.ts. */
const Sqlite = createRequire(createRequire(import.meta.url).resolve('@mentorship/adapters/kysely'))(
  'better-sqlite3',
) as { prototype: { prepare(sql: string): unknown } };

/** Notes, until the test ends, what the stores of this process send to their databases, on its way there. */
export const noteStatements = (): string[] => {
  const statements: string[] = [];
  const sqlite = Sqlite.prototype;
  const postgres = Client.prototype as { query(this: Client, ...input: unknown[]): unknown };
  const { prepare } = sqlite;
  const { query } = postgres;
  sqlite.prepare = function (sql) {
    statements.push(sql);
    return prepare.call(this, sql);
  };
  postgres.query = function (...input) {
    if (typeof input[0] === 'string') statements.push(input[0]);
    return query.apply(this, input);
  };
  onTestFinished(() => {
    Object.assign(sqlite, { prepare });
    Object.assign(postgres, { query });
  });
  return statements;
};
