import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type Placeholders, preparedQuery } from '../../../packages/adapters/src/kysely/engine/prepared-query.ts';
import { openEngine } from '../../../packages/adapters/src/kysely/sqlite/engine.ts';
import { addUsers } from '../../support/records.ts';
import { unavailability } from '../../support/refusals.ts';
import { describeOnSqlite, openOn } from '../../support/store/stores.ts';

const toBio = ({ bio }: { readonly bio: string | null }) => bio;

const unavailable = unavailability('storage_unavailable');
/** The fields of a compiled query that the runner does not read. */
const unusedFields = { query: {} as never, queryId: {} as never };

const workError = new Error('The work failed.');

const setBio = preparedQuery((db, { id, bio }: Placeholders<{ id: number; bio: string }>) =>
  db.updateTable('users').set({ bio }).where('id', '=', id),
);
const bios = preparedQuery((db) => db.selectFrom('users').select('bio').orderBy('id'));

describeOnSqlite('concurrent transactions', (create) => {
  const open = async (...names: string[]) => {
    const database = await create();
    await addUsers(await openOn(database), ...names);
    const engine = await openEngine(database.url.slice('sqlite:'.length), 1500);
    onTestFinished(() => engine.close());
    const other = await database.connect();
    onTestFinished(() => other.close());
    const stored = async () => (await other.query('select bio from users order by id')).map(({ bio }) => bio);
    return { engine, stored };
  };

  test('share a commit, and none resolves before it', async () => {
    const { engine, stored } = await open('a', 'b', 'c');
    const storedWhenResolved: unknown[] = [];
    const transactions = [1, 2, 3].map((id) =>
      engine
        .transaction(async (db) => {
          await setBio(db, { id, bio: `${id}` });
          // A transaction sees the work of those before it in the batch; other connections do not.
          return { inside: (await bios(db, {})).map(toBio), outside: await stored() };
        })
        .then(async (result) => {
          storedWhenResolved.push(await stored());
          return result;
        }),
    );
    expect(await Promise.all(transactions)).toEqual([
      { inside: ['1', null, null], outside: [null, null, null] },
      { inside: ['1', '2', null], outside: [null, null, null] },
      { inside: ['1', '2', '3'], outside: [null, null, null] },
    ]);
    expect(storedWhenResolved).toEqual([1, 2, 3].map(() => ['1', '2', '3']));
  });

  test('fail alone, at any position in the batch', async () => {
    const { engine, stored } = await open('a', 'b', 'c', 'd');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.integer({ min: 1, max: 4 }), fails: fc.boolean() })),
        async (writes) => {
          await engine.transaction(async (db) => {
            for (const id of [1, 2, 3, 4]) await setBio(db, { id, bio: '' });
          });
          const results = await Promise.allSettled(
            writes.map(({ id, fails }, index) =>
              engine.transaction(async (db) => {
                await setBio(db, { id, bio: `${index}` });
                if (fails) throw workError;
                return index;
              }),
            ),
          );
          expect(results).toEqual(
            writes.map(({ fails }, index) =>
              fails ? { status: 'rejected', reason: workError } : { status: 'fulfilled', value: index },
            ),
          );
          const lastWrite = (id: number) => writes.findLastIndex((write) => write.id === id && !write.fails);
          expect(await stored()).toEqual([1, 2, 3, 4].map(lastWrite).map((index) => (index < 0 ? '' : `${index}`)));
        },
      ),
    );
  });

  test('are all rejected and rolled back when the disk fills up during their batch', async () => {
    const { engine, stored } = await open('a', 'b', 'c');
    const pragma = async (sql: string) =>
      (await engine.writes.getExecutor().executeQuery({ sql, parameters: [], ...unusedFields })).rows;
    const [pages] = await pragma('pragma page_count');
    await pragma(`pragma max_page_count = ${Number(Object.values(pages as object)[0])}`);
    const write = (id: number, bio: string) => engine.transaction((db) => setBio(db, { id, bio }));
    const writes = [write(1, 'small'), write(2, 'x'.repeat(1_000_000)), write(3, 'small')];
    const [first, second] = await Promise.allSettled(writes);
    expect(first).toMatchObject({ status: 'rejected', reason: unavailable });
    expect(second).toMatchObject({ status: 'rejected', reason: unavailable });
    expect(await stored()).toEqual([null, null, 'small']);
    await write(1, 'later');
    expect(await stored()).toEqual(['later', null, 'small']);
  });

  test('reject queries after they have ended', async () => {
    const { engine, stored } = await open('a');
    const db = await engine.transaction(async (db) => db);
    await expect(setBio(db, { id: 1, bio: 'late' })).rejects.toThrow('The transaction has ended');
    await expect(
      engine.transaction(async (other) => {
        await setBio(other, { id: 1, bio: 'own' });
        await setBio(db, { id: 1, bio: 'of an ended transaction' });
      }),
    ).rejects.toThrow('The transaction has ended');
    expect(await stored()).toEqual([null]);
  });

  test('all commit when they exceed one batch', async () => {
    const { engine, stored } = await open('a');
    const transactions = Array.from({ length: 1000 }, (_, index) =>
      engine.transaction((db) => setBio(db, { id: 1, bio: `${index}` })),
    );
    await Promise.all(transactions);
    expect(await stored()).toEqual(['999']);
  });
});
