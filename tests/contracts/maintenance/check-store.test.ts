import { closeSync, openSync, writeSync } from 'node:fs';
import { checkStore } from '@mentorship/adapters/maintenance';
import { expect, test } from 'vitest';
import { corruptions, disarm, fillForEveryRule } from '../../support/store/corruptions.ts';
import { type Database, describeOnEachDatabase, describeOnSqlite, openOn } from '../../support/store/stores.ts';

const wrongIn = async ({ url }: Pick<Database, 'url'>) =>
  (await checkStore(url)).filter(({ wrong }) => wrong.length > 0);

describeOnEachDatabase('the check of a store', (create, name) => {
  test('finds nothing in one that is as it should be, while it is used', async () => {
    const database = await create();
    await fillForEveryRule(database);
    await openOn(database);
    expect(await wrongIn(database)).toEqual([]);
    expect((await checkStore(database.url)).length).toBeGreaterThan(15);
  });

  test.each(Object.entries(corruptions))('tells of %s', async (_, { statements, told: [title, line], first }) => {
    const database = await create();
    await fillForEveryRule(database);
    const connection = await database.connect();
    for (const statement of [...disarm[name], ...(first?.[name] ?? []), ...statements])
      await connection.query(statement);
    await connection.close();

    const wrong = await wrongIn(database);
    const lines = wrong.filter(({ check }) => title.test(check)).flatMap((finding) => finding.wrong);
    expect(
      lines.filter((told) => (typeof line === 'string' ? told === line : line.test(told))),
      JSON.stringify(wrong),
    ).toHaveLength(1);
    // What is told is what was planted, and what comes with it.
    expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(3);
  });

  test('tells of many with a few of them', async () => {
    const database = await create();
    await fillForEveryRule(database);
    await database.query(`update users set created_at = 'now'`);
    expect(await wrongIn(database)).toEqual([
      { check: expect.stringMatching(/sort/), wrong: [...Array(5).fill('created_at of users is now'), 'and more'] },
    ]);
  });

  test('says what cannot be looked at when a table is missing', async () => {
    const database = await create();
    await fillForEveryRule(database);
    await database.query('drop table user_skills');
    expect(await wrongIn(database)).toEqual([
      {
        check: expect.stringMatching(/schema/),
        wrong: expect.arrayContaining([expect.stringMatching(/^missing: user_skills: /)]),
      },
      { check: expect.stringMatching(/skills/), wrong: [expect.stringMatching(/^cannot be looked at: .*user_skills/)] },
    ]);
  });

  test('refuses a database of something else, and an empty one', async () => {
    const database = await create();
    await database.query('create table things (id integer)');
    await expect(checkStore(database.url)).rejects.toThrow(/belongs to something else/);
    await database.query('drop table things');
    await expect(checkStore(database.url)).rejects.toThrow(/is empty/);
  });
});

describeOnSqlite('the check of a store', (create) => {
  test('tells of a page that is broken', async () => {
    const database = await create();
    await fillForEveryRule(database);
    const path = database.url.slice('sqlite:'.length);
    const file = openSync(path, 'r+');
    // The root of an index: its header, and where its cells are.
    const [index] = await database.query(`select rootpage from sqlite_master where name = 'mentorships_by_pair'`);
    writeSync(file, Buffer.alloc(100, 0xff), 0, 100, (Number(index?.rootpage) - 1) * 4096);
    closeSync(file);
    const [first] = await wrongIn(database);
    expect(first).toEqual({
      check: 'the files of the database are whole',
      wrong: expect.arrayContaining([expect.any(String)]),
    });
  });
});
