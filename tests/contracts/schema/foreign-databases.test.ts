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

describeOnEachDatabase('no store is created', (create, name) => {
  test.each(foreignDatabases)('in a database %s', async (title) => {
    const database = await create();
    await makeForeign(database, title);
    const read = () => (name === 'sqlite' ? filesIn(dirname(pathOf(database))) : schemaOf(name, database));
    const before = await read();
    for (const open of [openKyselyStore, migrateStore]) {
      const refused = open(database.url);
      await expect(refused).rejects.toBeInstanceOf(StoreError);
      await expect(refused).rejects.toThrow(/belongs to something else: .*Name a new or an empty database/);
    }
    expect(await read()).toEqual(before);
  });
});

describeOnEachDatabase('a store is created', (create) => {
  const [migrations, lock] = [
    'create table schema_migrations (name text primary key, applied_at text not null)',
    'create table migration_lock (id integer primary key, taken integer not null)',
  ];

  test.each([[[]], [[migrations]], [[lock]], [[migrations, lock]]])(
    'in a database with no more than %j',
    async (made) => {
      const database = await create();
      for (const statement of made) await database.query(statement);
      await expect(addUsers(await openOn(database), 'user')).resolves.toHaveLength(1);
    },
  );

  test('and opens again after tables and views were added', async () => {
    const database = await create();
    await (await openKyselyStore(database.url)).close();
    await database.query('create table notes (id integer)');
    await database.query('create view noted as select id from notes');
    await expect(addUsers(await openOn(database), 'user')).resolves.toHaveLength(1);
  });
});

describeOnPostgres('a store is created', (create) => {
  test('beside tables of extensions, views and other schemas', async () => {
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

describeOnSqlite('a foreign database', (create) => {
  describe('in WAL mode', () => {
    test.each([true, false])('and the files beside it stay unchanged (open in a program: %s)', async (open) => {
      const database = await create();
      const program = await database.connect();
      await program.query('pragma journal_mode = wal');
      await makeForeign(program, 'of Django');
      let target = database;
      if (!open) {
        // The files as a crash leaves them.
        target = await create();
        for (const end of ['', '-wal']) copyFileSync(`${pathOf(database)}${end}`, `${pathOf(target)}${end}`);
      }
      const before = filesIn(dirname(pathOf(target)));
      await expect(openKyselyStore(target.url)).rejects.toThrow('belongs to something else');
      expect(filesIn(dirname(pathOf(target)))).toEqual(before);
      await program.close();
    });
  });
});
