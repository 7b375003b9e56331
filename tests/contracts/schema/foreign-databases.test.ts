import { copyFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { migrateStore, openKyselyStore, StoreError } from '@mentorship/adapters/kysely';
import { describe, expect, test } from 'vitest';
import { foreignDatabases, makeForeign } from '../../support/store/foreign-databases.ts';
import { addUsers } from '../../support/records.ts';
import { schemaOf } from '../../support/store/releases.ts';
import { filesIn } from '../../support/store/store-files.ts';
import {
  type Database,
  describeOnEachDatabase,
  describeOnPostgres,
  describeOnSqlite,
  openOn,
} from '../../support/store/stores.ts';

const pathOf = ({ url }: Database) => url.slice('sqlite:'.length);

describeOnEachDatabase('no store is made', (create, name) => {
  test.each(foreignDatabases)('in a database %s', async (kind) => {
    const database = await create();
    await makeForeign(database, kind);
    const look = () => (name === 'sqlite' ? filesIn(dirname(pathOf(database))) : schemaOf(name, database));
    const before = await look();
    for (const open of [openKyselyStore, migrateStore]) {
      const refused = open(database.url);
      await expect(refused).rejects.toBeInstanceOf(StoreError);
      await expect(refused).rejects.toThrow(/belongs to something else: .*Name a new or an empty database/);
    }
    expect(await look()).toEqual(before);
  });
});

describeOnEachDatabase('a store is made', (create) => {
  const [migrations, lock] = [
    'create table schema_migrations (name text primary key, applied_at text not null)',
    'create table migration_lock (id integer primary key, taken integer not null)',
  ];

  test.each([[[]], [[migrations]], [[lock]], [[migrations, lock]]])('where there is no more than %j', async (made) => {
    const database = await create();
    for (const statement of made) await database.query(statement);
    await expect(addUsers(await openOn(database), 'user')).resolves.toHaveLength(1);
  });

  test('and opened again beside tables and views that somebody has added', async () => {
    const database = await create();
    await (await openKyselyStore(database.url)).close();
    await database.query('create table notes (id integer)');
    await database.query('create view noted as select id from notes');
    await expect(addUsers(await openOn(database), 'user')).resolves.toHaveLength(1);
  });
});

describeOnPostgres('a store is made', (create) => {
  test('beside what an extension has brought, views and other schemas', async () => {
    const database = await create();
    for (const statement of [
      'create extension pg_stat_statements',
      'create view something as select 1 as one',
      'create schema other',
      'create table other.things (id integer)',
      'create table spatial_ref_sys (srid integer)',
      'alter extension pg_stat_statements add table spatial_ref_sys',
    ])
      await database.query(statement);
    await expect(addUsers(await openOn(database), 'user')).resolves.toHaveLength(1);
  });
});

describeOnSqlite('a database of something else', (create) => {
  describe('in WAL mode', () => {
    test.each([true, false])('is not written to, nor what is beside it; a program has it open: %s', async (open) => {
      const database = await create();
      const program = await database.connect();
      await program.query('pragma journal_mode = wal');
      await makeForeign(program, 'of Django');
      let looked = database;
      if (!open) {
        // As a crash leaves it.
        looked = await create();
        for (const end of ['', '-wal']) copyFileSync(`${pathOf(database)}${end}`, `${pathOf(looked)}${end}`);
      }
      const before = filesIn(dirname(pathOf(looked)));
      await expect(openKyselyStore(looked.url)).rejects.toThrow('belongs to something else');
      expect(filesIn(dirname(pathOf(looked)))).toEqual(before);
      await program.close();
    });
  });
});
