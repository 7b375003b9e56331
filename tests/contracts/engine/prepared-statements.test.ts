import { expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../../packages/adapters/src/kysely/postgres/engine.ts';
import { hasPgBouncer, startPgBouncer } from '../../support/processes/pgbouncer.ts';
import { accountOf, addUsers, asChanges, detailOf, within } from '../../support/records.ts';
import { describeOnPostgres, openOn } from '../../support/store/stores.ts';

describeOnPostgres('statements', (create) => {
  /** The names of what the one connection has prepared once it was asked the same twice. */
  const preparedAfter = async (preparedStatements: boolean) => {
    const { url } = await create();
    await addUsers(await openOn({ url }), 'user');
    const engine = openPostgres(url, 1500, { preparedStatements });
    onTestFinished(() => engine.close());
    const ask = () => engine.reads.selectFrom('users').select('username').where('id', '=', 1).execute();
    expect([await ask(), await ask()]).toEqual([[{ username: 'user' }], [{ username: 'user' }]]);
    return engine.reads
      .selectFrom('pg_prepared_statements' as 'users')
      .selectAll()
      .execute();
  };

  test('are prepared under no name by default', async () => {
    expect(await preparedAfter(false)).toEqual([]);
  });

  test('are prepared once under a name where that is set', async () => {
    const prepared = await preparedAfter(true);
    expect(prepared).toMatchObject([
      {
        name: expect.stringMatching(/^[\w-]{22}$/) as string,
        statement: 'select "username" from "users" where "id" = $1',
      },
    ]);
  });

  test('go through PgBouncer in transaction mode by default', async ({ skip }) => {
    if (!hasPgBouncer()) return skip('PgBouncer is not installed here: apt-get install pgbouncer');
    await using bouncer = await startPgBouncer((await create()).url);
    const stores = await Promise.all([openOn(bouncer), openOn(bouncer)]);
    // More at once than PgBouncer has connections to the server: they are handed around.
    const rounds = Array.from({ length: 60 }, async (_, at) => {
      const store = stores[at % 2 === 0 ? 0 : 1];
      const [user] = await addUsers(store, `user${at}`);
      await within(store, 'users', (users) => users.change(user.id, asChanges({ phone: `${at}` })));
      expect(await accountOf(store, `user${at}`)).toMatchObject({ id: user.id });
      return detailOf(store, user);
    });
    const details = await Promise.all(rounds);
    expect(details.map(({ phone }) => phone)).toEqual(details.map((_, at) => `${at}`));
  });
});
