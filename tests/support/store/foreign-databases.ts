import type { Database } from './stores.ts';

/** The databases of other programs, as the statements that create them. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  'of Django': [
    'create table django_migrations (id integer, app text)',
    'create table mentorship_user (id integer, username text)',
  ],
  'of Rails': [
    'create table schema_migrations (version text primary key)',
    'create table users (id integer, email text)',
  ],
  'of dbmate, with a lock of its own': [
    'create table schema_migrations (version text primary key)',
    'create table migration_lock (locked integer)',
  ],
  'with one table more than a store that is being created': [
    'create table schema_migrations (name text primary key, applied_at text not null)',
    'create table things (id integer)',
  ],
};

export const foreignDatabases = Object.keys(foreign);

export const makeForeign = async ({ query }: Pick<Database, 'query'>, name: string): Promise<void> => {
  for (const statement of foreign[name] ?? []) await query(statement);
};
