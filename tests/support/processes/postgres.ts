import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export type PostgresDatabase = { url: string; drop(): Promise<void> };

const onServer = async <Row extends object>(statement: string): Promise<Row[]> => {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  return client
    .query<Row>(statement)
    .then(({ rows }) => rows)
    .finally(() => client.end());
};

const urlOf = (name: string): string => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = name;
  return url.href;
};

/** Creates an empty database on the server of this run. */
export const createPostgresDatabase = async (from = ''): Promise<PostgresDatabase> => {
  const name = `mentorship_${randomUUID().replaceAll('-', '')}`;
  await onServer(`CREATE DATABASE ${name}${from}`);
  return { url: urlOf(name), drop: async () => void (await onServer(`DROP DATABASE ${name} WITH (FORCE)`)) };
};

let template: Promise<string> | undefined;

const createTemplate = async (fill: (url: string) => Promise<void>): Promise<string> => {
  const name = `${inject('postgresTemplates')}${process.pid}`;
  await onServer(`CREATE DATABASE ${name}`);
  await fill(urlOf(name));
  const [server] = await onServer<{ server_version_num: string }>('SHOW server_version_num');
  // Since version 15 PostgreSQL copies a database through the write-ahead log by default, which takes twice as long.
  return Number(server?.server_version_num) < 150_000 ? ` TEMPLATE ${name}` : ` TEMPLATE ${name} STRATEGY FILE_COPY`;
};

/** Creates a copy of a database that `fill` has filled once; that is faster than to fill it again. */
export const createFromTemplate = async (fill: (url: string) => Promise<void>): Promise<PostgresDatabase> =>
  createPostgresDatabase(await (template ??= createTemplate(fill)));
