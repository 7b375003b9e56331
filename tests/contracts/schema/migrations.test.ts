import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openKyselyStore, StoreError } from '@mentorship/adapters/kysely';
import { expect, onTestFinished, test } from 'vitest';
import { compileCache } from '../../support/processes/service.ts';
import { addUsers, detailOf } from '../../support/records.ts';
import { schemaOf } from '../../support/store/releases.ts';
import { type Database, describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

const openStore = fileURLToPath(new URL('../../support/store/open-store.ts', import.meta.url));

/** Starts a process that loads its code, then waits for the command to open the store. */
const startProcess = async (url: string) => {
  const child = spawn(process.execPath, [openStore, url], { env: { ...process.env, ...compileCache } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...written }));
  await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    async open() {
      child.stdin.end('open\n');
      return ended;
    },
  };
};

describeOnEachDatabase('the schema', (create, name) => {
  const tablesOf = async ({ query }: Database) => {
    const rows = await query(
      {
        sqlite: `select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name`,
        postgres: `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
      }[name],
    );
    return rows.map((row) => row.name);
  };

  const migrationsOf = ({ query }: Database) => query('select name, applied_at from schema_migrations order by name');

  const ours = [
    'attempt_counts',
    'mentor_graph',
    'mentorships',
    'security_events',
    'session_end_counter',
    'sessions',
    'signing_keys',
    'user_networks',
    'user_skills',
    'users',
  ];
  const all = 6;
  const bookkeeping = ['migration_lock', 'schema_migrations'];

  test('is created once when eight processes open an empty database at the same time', async () => {
    const database = await create();
    const processes = await Promise.all(Array.from({ length: 8 }, () => startProcess(database.url)));
    const results = await Promise.all(processes.map((process) => process.open()));
    expect(results).toEqual(Array.from({ length: 8 }, () => ({ code: 0, stdout: 'ready\nopen\n', stderr: '' })));
    expect(await tablesOf(database)).toEqual([...bookkeeping, ...ours].toSorted());
    expect(await migrationsOf(database)).toHaveLength(all);
    expect(await database.query('select version from mentor_graph')).toHaveLength(1);

    const alone = await create();
    await openOn(alone);
    expect(await schemaOf(name, database)).toEqual(await schemaOf(name, alone));
  });

  test('is created for eight stores where transactions are serializable', async () => {
    const database = await create();
    if (name === 'postgres') {
      const [row] = await database.query('select current_database() as database');
      await database.query(
        `alter database "${String(row?.database)}" set default_transaction_isolation = 'serializable'`,
      );
    }
    await expect(Promise.all(Array.from({ length: 8 }, () => openOn(database)))).resolves.toHaveLength(8);
    expect(await migrationsOf(database)).toHaveLength(all);
  });

  test('and its rows stay unchanged when a store opens again', async () => {
    const database = await create();
    const [user] = await addUsers(await openOn(database), 'user');
    const before = [await schemaOf(name, database), await migrationsOf(database)];
    const again = await openOn(database);
    expect([await schemaOf(name, database), await migrationsOf(database)]).toEqual(before);
    expect(await detailOf(again, user)).toMatchObject({ username: 'user' });
  });

  test('is rolled back when a migration fails midway, and completed by the next start', async () => {
    const database = await create();
    // This table conflicts with one that a migration creates after others.
    await database.query('create table schema_migrations (name text primary key, applied_at text not null)');
    await database.query('create table migration_lock (id integer primary key, taken integer not null)');
    await database.query('create table sessions (id integer)');
    await expect(openKyselyStore(database.url)).rejects.toThrow(/sessions.*exists/);
    expect(await tablesOf(database)).toEqual([...bookkeeping, 'sessions'].toSorted());
    expect(await migrationsOf(database)).toEqual([]);

    await database.query('drop table sessions');
    const store = await openOn(database);
    await addUsers(store, 'user');
    expect(await tablesOf(database)).toEqual([...bookkeeping, ...ours].toSorted());
  });

  test('of a newer release is rejected by name, and unchanged', async () => {
    const database = await create();
    await openOn(database);
    await database.query(`insert into schema_migrations (name, applied_at) values ('9999-from-the-future', '2099')`);
    const before = [await schemaOf(name, database), await migrationsOf(database)];
    const refused = openKyselyStore(database.url);
    await expect(refused).rejects.toBeInstanceOf(StoreError);
    await expect(refused).rejects.toThrow('9999-from-the-future');
    expect([await schemaOf(name, database), await migrationsOf(database)]).toEqual(before);
  });

  test('rejects a second active mentorship of a mentee, even without the lock', async () => {
    const database = await create();
    const [mentee, mentor] = await addUsers(await openOn(database), 'mentee', 'mentor');
    const begin = `insert into mentorships (mentee_id, mentor_id, status, requested_by, created_at, started_at, version)
      values (${mentee.id}, ${mentor.id}, 'active', 'mentee', '2026', '2026', 1)`;
    await database.query(begin);
    await expect(database.query(begin)).rejects.toThrow(/unique/i);
    await database.query(`update mentorships set status = 'ended', ended_at = '2027', reason = 'removed'`);
    await database.query(begin);
  });

  test('has no open connection once the store is closed or failed to open', async () => {
    const database = await create();
    const store = await openKyselyStore(database.url);
    await addUsers(store, 'user');
    await store.close();
    await database.query(`insert into schema_migrations (name, applied_at) values ('9999-from-the-future', '2099')`);
    await expect(openKyselyStore(database.url)).rejects.toBeInstanceOf(StoreError);
    await expect.poll(() => openConnections(database)).toEqual([]);
  });

  /** The connections to the database. SQLite removes its log when the last one closes. */
  const openConnections = async ({ url, query }: Database) =>
    name === 'postgres'
      ? query(
          `select state, query from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
           and backend_type = 'client backend'`,
        )
      : readdirSync(dirname(url.slice('sqlite:'.length))).filter((file) => /-(wal|shm)$/.test(file));
});
