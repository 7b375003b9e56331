import { closeSync, openSync, writeSync } from 'node:fs';
import { checkStore } from '@mentorship/adapters/maintenance';
import { expect, test } from 'vitest';
import { corruptions, disableConstraints, fillForEveryRule } from '../../support/store/corruptions.ts';
import {
  type Database,
  describeOnEachDatabase,
  describeOnPostgres,
  describeOnSqlite,
  openOn,
} from '../../support/store/stores.ts';

const wrongIn = async ({ url }: Pick<Database, 'url'>) =>
  (await checkStore(url)).filter(({ wrong }) => wrong.length > 0);

describeOnEachDatabase('the check of a store', (create, name) => {
  test('finds nothing wrong with a valid store, while it is in use', async () => {
    const database = await create();
    await fillForEveryRule(database);
    await openOn(database);
    expect(await wrongIn(database)).toEqual([]);
    expect((await checkStore(database.url)).length).toBeGreaterThan(15);
  });

  test.each(Object.entries(corruptions))('reports %s', async (_, { statements, expected: [title, line], first }) => {
    const database = await create();
    await fillForEveryRule(database);
    const connection = await database.connect();
    for (const statement of [...disableConstraints[name], ...(first?.[name] ?? []), ...statements])
      await connection.query(statement);
    await connection.close();

    const wrong = await wrongIn(database);
    const lines = wrong.filter(({ check }) => title.test(check)).flatMap((finding) => finding.wrong);
    expect(
      lines.filter((found) => (typeof line === 'string' ? found === line : line.test(found))),
      JSON.stringify(wrong),
    ).toHaveLength(1);
    // Nothing but the planted fault, and its consequences.
    expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(3);
  });

  test('reports a few of many violations', async () => {
    const database = await create();
    await fillForEveryRule(database);
    await database.query(`update users set created_at = 'now'`);
    expect(await wrongIn(database)).toEqual([
      { check: expect.stringMatching(/sortable/), wrong: [...Array(5).fill('created_at of users is now'), 'and more'] },
    ]);
  });

  test('says which check a missing table stops', async () => {
    const database = await create();
    await fillForEveryRule(database);
    await database.query('drop table user_skills');
    expect(await wrongIn(database)).toEqual([
      {
        check: expect.stringMatching(/schema/),
        wrong: expect.arrayContaining([expect.stringMatching(/^missing: user_skills: /)]),
      },
      { check: expect.stringMatching(/skills/), wrong: [expect.stringMatching(/^cannot be checked: .*user_skills/)] },
    ]);
  });

  test('refuses a database of another application, and an empty one', async () => {
    const database = await create();
    await database.query('create table things (id integer)');
    await expect(checkStore(database.url)).rejects.toThrow(/belongs to something else/);
    await database.query('drop table things');
    await expect(checkStore(database.url)).rejects.toThrow(/is empty/);
  });
});

describeOnPostgres('the check of a store', (create) => {
  test.each(['App', 'a b', 'two"quotes', 'dotted.name'])('works in the schema %s', async (schema) => {
    const database = await create();
    const [row] = await database.query('select current_database() as name');
    const quoted = `"${schema.replaceAll('"', '""')}"`;
    await database.query(`create schema ${quoted}`);
    await database.query(`alter database "${String(row?.name)}" set search_path = ${quoted}`);
    await fillForEveryRule(database);
    expect(await wrongIn(database)).toEqual([]);
  });

  test('reports a rule that replaces a write, and row security that hides rows', async () => {
    const database = await create();
    await fillForEveryRule(database);
    await database.query('create rule silence as on insert to security_events do instead nothing');
    await database.query('alter table users enable row level security');
    const [first] = await wrongIn(database);
    expect(first?.wrong).toEqual([
      'not of this release: rule silence of security_events',
      'not of this release: row security of users',
    ]);
  });

  test('is not ended by the timeout that the database has for statements', async () => {
    const database = await create();
    await fillForEveryRule(database);
    const [row] = await database.query('select current_database() as name');
    await database.query(`alter database "${String(row?.name)}" set statement_timeout = '1ms'`);
    expect(await wrongIn(database)).toEqual([]);
  });
});

describeOnSqlite('the check of a store', (create) => {
  test('reports a damaged page', async () => {
    const database = await create();
    await fillForEveryRule(database);
    const path = database.url.slice('sqlite:'.length);
    const file = openSync(path, 'r+');
    // The root page of an index: its header, and the offsets of its cells.
    const [index] = await database.query(`select rootpage from sqlite_master where name = 'mentorships_by_pair'`);
    writeSync(file, Buffer.alloc(100, 0xff), 0, 100, (Number(index?.rootpage) - 1) * 4096);
    closeSync(file);
    const [first] = await wrongIn(database);
    expect(first).toEqual({
      check: 'the database files are undamaged',
      wrong: expect.arrayContaining([expect.any(String)]),
    });
  });
});
