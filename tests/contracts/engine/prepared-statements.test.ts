import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../../packages/adapters/src/kysely/postgres/engine.ts';
import { hasPgBouncer, startPgBouncer } from '../../support/processes/pgbouncer.ts';
import { accountOf, addUsers, asChanges, detailOf, within } from '../../support/records.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

describeOnPostgres('statements', (create) => {
  /** The statements that a connection has prepared after it ran the same query twice. */
  const preparedAfterTwoRuns = async (preparedStatements: boolean) => {
    const { url } = await create();
    await addUsers(await openOn({ url }), 'user');
    const engine = openEngine(url, 1500, { preparedStatements });
    onTestFinished(() => engine.close());
    const read = () => engine.reads.selectFrom('users').select('username').where('id', '=', 1).execute();
    expect([await read(), await read()]).toEqual([[{ username: 'user' }], [{ username: 'user' }]]);
    return engine.reads
      .selectFrom('pg_prepared_statements' as 'users')
      .selectAll()
      .execute();
  };

  test('are not prepared under names by default', async () => {
    expect(await preparedAfterTwoRuns(false)).toEqual([]);
  });

  test('are prepared once under a name with the option on', async () => {
    const prepared = await preparedAfterTwoRuns(true);
    expect(prepared).toMatchObject([
      {
        name: expect.stringMatching(/^[\w-]{22}$/) as string,
        statement: 'select "username" from "users" where "id" = $1',
      },
    ]);
  });

  test('work through PgBouncer in transaction mode by default', async ({ skip }) => {
    if (!hasPgBouncer()) return skip('PgBouncer is not installed here: apt-get install pgbouncer');
    await using bouncer = await startPgBouncer((await create()).url);
    const stores = await Promise.all([openOn(bouncer), openOn(bouncer)]);
    // There are more clients than server connections, so that PgBouncer shares the connections among them.
    const clients = Array.from({ length: 60 }, async (_, index) => {
      const store = stores[index % 2 === 0 ? 0 : 1];
      const [user] = await addUsers(store, `user${index}`);
      await within(store, 'users', (users) => users.change(user.id, asChanges({ phone: `${index}` })));
      expect(await accountOf(store, `user${index}`)).toMatchObject({ id: user.id });
      return detailOf(store, user);
    });
    const details = await Promise.all(clients);
    expect(details.map(({ phone }) => phone)).toEqual(details.map((_, index) => `${index}`));
  });
});
