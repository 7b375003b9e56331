import { expect, test } from 'vitest';
import { createBuilders } from '../../../packages/adapters/src/kysely/engine/query-builder.ts';
import type { Schema } from '../../../packages/adapters/src/kysely/schema/schema.ts';
import { sqliteDialect } from '../../../packages/adapters/src/kysely/sqlite/dialect.ts';
import { createRunner } from '../../../packages/adapters/src/kysely/sqlite/runner.ts';
import { createTransactions } from '../../../packages/adapters/src/kysely/sqlite/group-commit.ts';
import { unavailability } from '../../support/refusals.ts';
import { openFile } from '../../support/store/sqlite-file.ts';
import { addUsers } from '../../support/records.ts';
import { describeOnSqlite, openOn } from '../../support/store/stores.ts';

const fault = new Error('The disk refused.');
const wrong = new Error('This one is wrong.');

describeOnSqlite('transactions that share a commit, when the disk refuses', (create) => {
  /** Transactions whose statements are refused while they are in `refused`, and what was sent of them all. */
  const open = async () => {
    const database = await create();
    await addUsers(await openOn(database), 'a', 'b', 'c');
    const file = openFile(database.url.slice('sqlite:'.length));
    const [refused, sent] = [new Set<string>(), [] as string[]];
    const answer = createRunner(file, 1500);
    const run: typeof answer = async (query) => {
      sent.push(query.sql);
      if (refused.has(query.sql)) throw fault;
      return answer(query);
    };
    const build = createBuilders<Schema>(sqliteDialect);
    const transaction = createTransactions({ database: file, run, build }, 1500);
    const write = (id: number, bio: string, error?: Error) =>
      transaction(async (db) => {
        await db.updateTable('users').set({ bio }).where('id', '=', id).execute();
        if (error) throw error;
      });
    const kept = async () => (await database.query('select bio from users order by id')).map(({ bio }) => bio);
    return { refused, sent, write, kept };
  };

  test('the commit: all are told, and nothing of them is there', async () => {
    const { refused, write, kept } = await open();
    refused.add('commit');
    const results = await Promise.allSettled([write(1, 'one'), write(2, 'two')]);
    expect(results).toEqual([1, 2].map(() => ({ status: 'rejected', reason: fault })));
    expect(await kept()).toEqual([null, null, null]);
    refused.clear();
    await write(3, 'three');
    expect(await kept()).toEqual([null, null, 'three']);
  });

  test.each(['rollback to work', 'release work'])(
    '%s: what cannot be undone alone is undone with the rest',
    async (sql) => {
      const { refused, write, kept } = await open();
      refused.add(sql);
      const results = await Promise.allSettled([write(1, 'one'), write(2, 'two', wrong)]);
      expect(results).toEqual([
        { status: 'rejected', reason: expect.objectContaining(unavailability('storage_unavailable')) as unknown },
        { status: 'rejected', reason: wrong },
      ]);
      expect(await kept()).toEqual([null, null, null]);
      refused.clear();
      await write(3, 'three');
      expect(await kept()).toEqual([null, null, 'three']);
    },
  );

  test('the rollback: the next one begins with it', async () => {
    const { refused, write, kept } = await open();
    refused.add('rollback');
    await expect(write(1, 'one', wrong)).rejects.toBe(wrong);
    refused.clear();
    await write(2, 'two');
    expect(await kept()).toEqual([null, 'two', null]);
  });

  test('a hundred share one at most', async () => {
    const { sent, write } = await open();
    await Promise.all(Array.from({ length: 1000 }, (_, at) => write(1, `${at}`)));
    expect(sent.filter((sql) => sql === 'commit')).toHaveLength(10);
  });
});
