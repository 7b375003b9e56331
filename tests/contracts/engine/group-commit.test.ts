import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openSqlite } from '../../../packages/adapters/src/kysely/sqlite/engine.ts';
import { preparedQuery } from '../../../packages/adapters/src/kysely/engine/prepared-query.ts';
import { unavailability } from '../../support/refusals.ts';
import { addUsers } from '../../support/records.ts';
import { describeOnSqlite, openOn } from '../../support/store/stores.ts';

const toBio = ({ bio }: { readonly bio: string | null }) => bio;

const unavailable = unavailability('storage_unavailable');
/** What Kysely says of a query beyond its text. */
const rest = { query: {} as never, queryId: {} as never };

const wrong = new Error('This one is wrong.');

const note = preparedQuery((db, { id, text }: { id: number; text: string }) =>
  db.updateTable('users').set({ bio: text }).where('id', '=', id),
);
const notes = preparedQuery((db) => db.selectFrom('users').select('bio').orderBy('id'));

describeOnSqlite('transactions that are asked for at once', (create) => {
  const open = async (...names: string[]) => {
    const database = await create();
    await addUsers(await openOn(database), ...names);
    const engine = await openSqlite(database.url.slice('sqlite:'.length), 1500);
    onTestFinished(() => engine.close());
    const elsewhere = await database.connect();
    onTestFinished(() => elsewhere.close());
    const kept = async () => (await elsewhere.query('select bio from users order by id')).map(({ bio }) => bio);
    return { engine, kept };
  };

  test('share a commit, and none is told before it', async () => {
    const { engine, kept } = await open('a', 'b', 'c');
    const seen: unknown[] = [];
    const each = [1, 2, 3].map((id) =>
      engine
        .transaction(async (db) => {
          await note(db, { id, text: `${id}` });
          // What those before it did is there for it, and for nobody else.
          return { within: (await notes(db, {})).map(toBio), outside: await kept() };
        })
        .then(async (found) => {
          seen.push(await kept());
          return found;
        }),
    );
    expect(await Promise.all(each)).toEqual([
      { within: ['1', null, null], outside: [null, null, null] },
      { within: ['1', '2', null], outside: [null, null, null] },
      { within: ['1', '2', '3'], outside: [null, null, null] },
    ]);
    expect(seen).toEqual([1, 2, 3].map(() => ['1', '2', '3']));
  });

  test('fail each for itself, wherever in their order they are', async () => {
    const { engine, kept } = await open('a', 'b', 'c', 'd');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ id: fc.integer({ min: 1, max: 4 }), fails: fc.boolean() })),
        async (asked) => {
          await engine.transaction(async (db) => {
            for (const id of [1, 2, 3, 4]) await note(db, { id, text: '' });
          });
          const results = await Promise.allSettled(
            asked.map(({ id, fails }, at) =>
              engine.transaction(async (db) => {
                await note(db, { id, text: `${at}` });
                if (fails) throw wrong;
                return at;
              }),
            ),
          );
          expect(results).toEqual(
            asked.map(({ fails }, at) =>
              fails ? { status: 'rejected', reason: wrong } : { status: 'fulfilled', value: at },
            ),
          );
          const last = (id: number) => asked.findLastIndex((one) => one.id === id && !one.fails);
          expect(await kept()).toEqual([1, 2, 3, 4].map(last).map((at) => (at < 0 ? '' : `${at}`)));
        },
      ),
    );
  });

  test('are all refused when the disk is full in the midst of them, and nothing of them is there', async () => {
    const { engine, kept } = await open('a', 'b', 'c');
    const pragma = async (sql: string) =>
      (await engine.writes.getExecutor().executeQuery({ sql, parameters: [], ...rest })).rows;
    const [pages] = await pragma('pragma page_count');
    await pragma(`pragma max_page_count = ${Number(Object.values(pages as object)[0])}`);
    const write = (id: number, text: string) => engine.transaction((db) => note(db, { id, text }));
    const full = [write(1, 'small'), write(2, 'x'.repeat(1_000_000)), write(3, 'small')];
    const [first, second] = await Promise.allSettled(full);
    expect(first).toMatchObject({ status: 'rejected', reason: unavailable });
    expect(second).toMatchObject({ status: 'rejected', reason: unavailable });
    expect(await kept()).toEqual([null, null, 'small']);
    await write(1, 'later');
    expect(await kept()).toEqual(['later', null, 'small']);
  });

  test('have nothing left to ask once they are over', async () => {
    const { engine, kept } = await open('a');
    const db = await engine.transaction(async (db) => db);
    await expect(note(db, { id: 1, text: 'late' })).rejects.toThrow('The transaction is over');
    await expect(
      engine.transaction(async (other) => {
        await note(other, { id: 1, text: 'mine' });
        await note(db, { id: 1, text: 'not mine' });
      }),
    ).rejects.toThrow('The transaction is over');
    expect(await kept()).toEqual([null]);
  });

  test('are many more than share one commit, and all are kept', async () => {
    const { engine, kept } = await open('a');
    const each = Array.from({ length: 1000 }, (_, at) =>
      engine.transaction((db) => note(db, { id: 1, text: `${at}` })),
    );
    await Promise.all(each);
    expect(await kept()).toEqual(['999']);
  });
});
