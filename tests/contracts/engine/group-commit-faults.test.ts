import { expect, test } from 'vitest';
import { createBuilders } from '../../../packages/adapters/src/kysely/engine/query-builder.ts';
import type { Schema } from '../../../packages/adapters/src/kysely/schema/schema.ts';
import { dialect } from '../../../packages/adapters/src/kysely/sqlite/dialect.ts';
import { createGroupCommit } from '../../../packages/adapters/src/kysely/sqlite/group-commit.ts';
import { createRunner } from '../../../packages/adapters/src/kysely/sqlite/runner.ts';
import { addUsers } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { openConnection } from '../../support/store/sqlite-file.ts';
import { describeOnSqlite, openOn } from '../../support/store/stores.ts';

const diskError = new Error('The disk failed.');
const workError = new Error('The work failed.');

describeOnSqlite('a group commit on a failing disk', (create) => {
  /** Opens transactions on a database that rejects the `failing` statements, and records every statement in `sent`. */
  const open = async () => {
    const database = await create();
    await addUsers(await openOn(database), 'a', 'b', 'c');
    const connection = openConnection(database.url.slice('sqlite:'.length));
    const [failing, sent] = [new Set<string>(), [] as string[]];
    const runOnDisk = createRunner(connection, 1500);
    const run: typeof runOnDisk = async (query) => {
      sent.push(query.sql);
      if (failing.has(query.sql)) throw diskError;
      return runOnDisk(query);
    };
    const build = createBuilders<Schema>(dialect);
    const { transaction } = createGroupCommit({ database: connection, run, build, requireFile: () => {} }, 1500);
    const write = (id: number, bio: string, error?: Error) =>
      transaction(async (db) => {
        await db.updateTable('users').set({ bio }).where('id', '=', id).execute();
        if (error) throw error;
      });
    const stored = async () => (await database.query('select bio from users order by id')).map(({ bio }) => bio);
    return { failing, sent, write, stored };
  };

  test('rejects every transaction of the batch when its commit fails, and stores none', async () => {
    const { failing, write, stored } = await open();
    failing.add('commit');
    const results = await Promise.allSettled([write(1, 'one'), write(2, 'two')]);
    expect(results).toEqual([1, 2].map(() => ({ status: 'rejected', reason: diskError })));
    expect(await stored()).toEqual([null, null, null]);
    failing.clear();
    await write(3, 'three');
    expect(await stored()).toEqual([null, null, 'three']);
  });

  test.each(['rollback to work', 'release work'])('rolls back the whole batch when "%s" fails', async (sql) => {
    const { failing, write, stored } = await open();
    failing.add(sql);
    const results = await Promise.allSettled([write(1, 'one'), write(2, 'two', workError)]);
    expect(results).toEqual([
      { status: 'rejected', reason: expect.objectContaining(unavailability('storage_unavailable')) as unknown },
      { status: 'rejected', reason: workError },
    ]);
    expect(await stored()).toEqual([null, null, null]);
    failing.clear();
    await write(3, 'three');
    expect(await stored()).toEqual([null, null, 'three']);
  });

  test('retries a failed rollback before the next batch', async () => {
    const { failing, write, stored } = await open();
    failing.add('rollback');
    await expect(write(1, 'one', workError)).rejects.toBe(workError);
    failing.clear();
    await write(2, 'two');
    expect(await stored()).toEqual([null, 'two', null]);
  });

  test('holds at most a hundred transactions', async () => {
    const { sent, write } = await open();
    await Promise.all(Array.from({ length: 1000 }, (_, index) => write(1, `${index}`)));
    expect(sent.filter((sql) => sql === 'commit')).toHaveLength(10);
  });
});
