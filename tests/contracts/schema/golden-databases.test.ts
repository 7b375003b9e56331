import { expect, test } from 'vitest';
import { migrations } from '../../../packages/adapters/src/kysely/migrations/index.ts';
import type { Walk } from '../../fixtures/schemas/walk.ts';
import { goldenRecord, goldenSchemas, loadGolden } from '../../support/store/golden.ts';
import type { Tokens } from '../../support/http/client.ts';
import { startForTest } from '../../support/http/service.ts';
import { manualClock, minutes } from '../../support/manual-clock.ts';
import { schemaOf } from '../../support/store/releases.ts';
import { describeOnEachDatabase, openOn } from '../../support/store/stores.ts';

test('every schema has its golden database', () => {
  const names = migrations.map(({ name }) => name.slice(0, 4));
  expect(goldenSchemas, '`npx -y pnpm@12 golden` creates the database of the newest schema').toEqual(names);
});

describeOnEachDatabase('a golden database', (create, name) => {
  const load = async (schema: string) => {
    const database = await create();
    await loadGolden(name, schema, database);
    return database;
  };

  /** Starts the current service on the database, five minutes after its own release stopped. */
  const start = async (schema: string) => {
    const { url } = await load(schema);
    const { at, [name]: walk } = goldenRecord(schema);
    const clock = manualClock(Date.parse(at) + minutes(5));
    const service = await startForTest({ settings: { DATABASE_URL: url }, clock });
    return { ...service, walk };
  };

  test.each(goldenSchemas)(
    'of schema %s gets the tables, columns, indexes and constraints that an empty one gets',
    async (schema) => {
      const [migrated, fresh] = [await load(schema), await create()];
      for (const database of [migrated, fresh]) await openOn(database);
      expect(await schemaOf(name, migrated)).toEqual(await schemaOf(name, fresh));
    },
  );

  test.each(goldenSchemas)('of schema %s gives the answers of its own release', async (schema) => {
    const { api, walk } = await start(schema);
    expect(walk.answers.length).toBeGreaterThan(8);
    for (const { username, route, body } of walk.answers) {
      const { access: token } = tokensOf(walk, username);
      const [, path = ''] = route.split(' ');
      expect(await api.call('GET', path, { token }), `${username}: ${route}`).toMatchObject({ status: 200, body });
    }
  });

  test.each(goldenSchemas)('of schema %s keeps its open and ended sessions, and its passwords', async (schema) => {
    const { api, walk } = await start(schema);
    const refresh = (tokens: Tokens) => api.call('POST', '/api/token/refresh', { body: { refresh: tokens.refresh } });
    const detailOf = (token: string) => api.call('GET', '/api/users/me', { token });
    for (const { username, password, tokens } of walk.people) {
      const refreshed = await refresh(tokens);
      expect(refreshed.status).toBe(200);
      for (const { access } of [tokens, refreshed.body as Tokens, await api.logIn(username, password)])
        expect(await detailOf(access)).toMatchObject({ status: 200, body: { username } });
    }
    for (const body of [walk.deactivated ?? []].flat())
      expect((await api.call('POST', '/api/login', { body })).status).toBe(401);
    expect((await refresh(walk.loggedOut)).status).toBe(401);
    expect((await detailOf(walk.loggedOut.access)).status).toBe(401);
  });

  test.each(goldenSchemas)('of schema %s accepts new users, mentors, logouts and ends of accounts', async (schema) => {
    const { api, walk } = await start(schema);
    const { access: token, refresh } = tokensOf(walk, 'carol');
    const ids = ((await api.call('GET', '/api/users?view=full', { token })).body as { id: number }[]).map(
      ({ id }) => id,
    );
    const next = await api.join('next', { mentor_username: 'carol' });
    expect(next.id).toBeGreaterThan(Math.max(...ids));
    const mine = async () => (await api.call('GET', '/api/users/me', { token })).body;
    expect(await mine()).toMatchObject({ mentor_username: 'bob', mentees: ['next'] });
    const change = { email: 'carol@example.com', mentor: 'Ünal', skills: ['Chess'] };
    expect(await api.call('PATCH', '/api/users/me', { token, body: change })).toMatchObject({ status: 200 });
    expect(await mine()).toMatchObject({ email: 'carol@example.com', mentor_username: 'Ünal', skills: ['Chess'] });
    const end = { token: next.access, body: { current_password: next.password } };
    expect(await api.call('DELETE', '/api/users/me', end)).toMatchObject({ status: 204 });
    expect(await mine()).toMatchObject({ mentees: [] });
    expect(await api.call('POST', '/api/logout', { token, body: { refresh } })).toMatchObject({ status: 205 });
    expect((await api.call('GET', '/api/users/me', { token })).status).toBe(401);
  });
});

const tokensOf = ({ people }: Walk, username: string): Tokens => {
  const found = people.find((person) => person.username === username);
  if (found === undefined) throw new Error(`The walk has no user ${username}.`);
  return found.tokens;
};
