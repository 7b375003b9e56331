import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rowsFollow } from '../../fixtures/schemas/dump.ts';
import type { Walk } from '../../fixtures/schemas/walk.ts';
import { type Database, databaseAt } from './stores.ts';
import { temporaryFolder } from '../temporary-folder.ts';

type Name = 'sqlite' | 'postgres';

/** The commit that made a golden database, the time, and the answers of that release. */
type Record = { commit: string; at: string } & { [name in Name]: Walk };

const folder = fileURLToPath(new URL('../../fixtures/schemas/', import.meta.url));
const text = (file: string) => readFileSync(join(folder, file), 'utf8');

/** The schemas that have a golden database: `0001` and so on. */
export const goldenSchemas = readdirSync(folder)
  .filter((file) => file.endsWith('.sqlite'))
  .map((file) => file.slice(0, 4))
  .toSorted();

export const goldenRecord = (schema: string) => JSON.parse(text(`${schema}.json`)) as Record;

/** Copies the golden database into an empty one that has not been opened yet. */
export const loadGolden = async (name: Name, schema: string, { url, query }: Database): Promise<void> => {
  if (name === 'sqlite') copyFileSync(join(folder, `${schema}.sqlite`), url.slice('sqlite:'.length));
  else await query(text(`${schema}.sql`));
};

/** The statements that create the tables of a schema, without rows. */
export const goldenTables = async (name: Name, schema: string): Promise<string[]> => {
  if (name === 'postgres') return [text(`${schema}.sql`).split(rowsFollow)[0] ?? ''];
  const { path, remove } = temporaryFolder();
  const copy = databaseAt(`sqlite:${join(path, 'golden.sqlite')}`);
  await loadGolden(name, schema, copy);
  const rows = await copy.query(
    `select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid`,
  );
  remove();
  return rows.map(({ sql }) => String(sql));
};

/**
 * Adds this many users to a golden database of the first or second schema, so that its migration takes a while.
 * Each has a past mentor and a session, and every other has a mentor.
 */
export const growGolden = async ({ query }: Database, many: number): Promise<void> => {
  const numbers = `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${many})`;
  for (const statement of [
    `insert into users (username, username_key, email, password_hash, created_at) ${numbers}
       select 'grown-' || n, 'grown-' || n, 'grown@example.com', 'none', '2026-01-01T00:00:00.000Z' from numbers`,
    `insert into mentorships (mentee_id, mentor_id, began_at, ended_at, end_reason)
       select id, 1, created_at, created_at, 'removed' from users where username like 'grown-%'`,
    `insert into mentorships (mentee_id, mentor_id, began_at)
       select id, 1, created_at from users where username like 'grown-%' and id % 2 = 0`,
    `insert into sessions (id, user_id, created_at, expires_at, access_until)
       select username, id, created_at, '2099-01-01T00:00:00.000Z', created_at from users where username like 'grown-%'`,
  ])
    await query(statement);
};
