import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { type Connection, databaseAt } from '../../tests/support/store/stores.ts';
import { killPostgres, startPostgresAgain } from './postgres-crash.ts';
import { startPostgres } from '../support/servers.ts';

/** A database that can be killed, with the operations that depend on its engine. */
export type Target = AsyncDisposable & {
  name: 'sqlite' | 'postgres';
  url: string;
  /** The errors that the engine finds in its files. */
  inspect(connection: Connection): Promise<string[]>;
  /** Creates an empty database, or a copy of another. */
  create(name: string, template?: string): Promise<string>;
  drop(url: string): Promise<void>;
  /** Whether a writing transaction is open. */
  isWriting(connection: Connection): Promise<boolean>;
  /** kill -9 of the database, if it is a separate process. */
  kill(): Promise<void>;
  startAgain(): Promise<void>;
};

const pathOf = (url: string) => url.slice('sqlite:'.length);

const sqlite = async (): Promise<Target> => {
  const folder = temporaryFolder();
  const urlOf = (name: string) => `sqlite:${join(folder.path, `${name}.sqlite`)}`;
  return {
    name: 'sqlite',
    url: urlOf('storm'),
    async inspect({ query }) {
      const rows = [...(await query('pragma integrity_check')), ...(await query('pragma foreign_key_check'))];
      return rows.map((row) => JSON.stringify(row)).filter((row) => row !== '{"integrity_check":"ok"}');
    },
    async create(name, template) {
      const url = urlOf(name);
      if (template !== undefined) copyFileSync(pathOf(template), pathOf(url));
      return url;
    },
    async drop(url) {
      for (const file of [pathOf(url), `${pathOf(url)}-wal`, `${pathOf(url)}-shm`]) rmSync(file, { force: true });
    },
    async isWriting({ query }) {
      await query('pragma busy_timeout = 0');
      try {
        await query('begin immediate');
        await query('rollback');
        return false;
      } catch {
        return true;
      }
    },
    async kill() {},
    async startAgain() {},
    [Symbol.asyncDispose]: async () => folder.remove(),
  };
};

/** The settings of a durable server, which the one of the tests does not have. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

const postgres = async (): Promise<Target> => {
  const server = await startPostgres(durable);
  const urlOf = (name: string) => Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
  const nameOf = (url: string) => new URL(url).pathname.slice(1);
  const admin = databaseAt(server.url);
  await admin.query('create database storm');
  const storm = databaseAt(urlOf('storm'));
  await storm.query('create schema checks');
  await storm.query('create extension amcheck schema checks');
  return {
    name: 'postgres',
    url: storm.url,
    async inspect({ query }) {
      const rows = await query(
        `select c.relname, checks.bt_index_check(c.oid, true)::text as found from pg_class c
           join pg_index i on i.indexrelid = c.oid join pg_am a on a.oid = c.relam
           where a.amname = 'btree' and c.relnamespace = 'public'::regnamespace and i.indisvalid
         union all select c.relname, v.msg from pg_class c, checks.verify_heapam(c.oid) v
           where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
      ).catch((error: unknown) => [{ found: String(error) }]);
      return rows.filter(({ found }) => found !== null && found !== '').map((row) => JSON.stringify(row));
    },
    async create(name, template) {
      await admin.query(`create database ${name}${template === undefined ? '' : ` template ${nameOf(template)}`}`);
      return urlOf(name);
    },
    async drop(url) {
      await admin.query(`drop database ${nameOf(url)} with (force)`);
    },
    async isWriting({ query }) {
      const writing = `select pid from pg_stat_activity
        where datname = current_database() and application_name = 'mentorship' and backend_xid is not null`;
      return (await query(writing)).length > 0;
    },
    kill: () => killPostgres(server),
    startAgain: () => startPostgresAgain(server),
    [Symbol.asyncDispose]: () => server.stop(),
  };
};

export const targets = { sqlite, postgres } as const;
export const targetNames = ['sqlite', 'postgres'] as const satisfies (keyof typeof targets)[];
