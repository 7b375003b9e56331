import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Account, type Call, type Method, password } from '../support/http-client.ts';
import { type Service, startOnSqlite, startService } from '../support/http-service.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../support/postgres.ts';

type Step = [method: Method, url: string, call?: Call];

/** Every route that needs the store, in an order in which each one would work. */
const steps = ({ access: token, refresh }: Account): Step[] => [
  ['GET', '/readyz'],
  ['POST', '/api/registration', { body: { username: 'mike', password } }],
  ['POST', '/api/registration', { body: { username: 'mike', password, mentor_username: 'john' } }],
  ['POST', '/api/login', { body: { username: 'john', password } }],
  ['POST', '/api/token/refresh', { body: { refresh } }],
  ['GET', '/api/users', { token }],
  ['GET', '/api/users/me', { token }],
  ['GET', '/api/users/1', { token }],
  ['PATCH', '/api/users/me', { token, body: { email: 'new@example.com' } }],
  ['PATCH', '/api/users/1', { token, body: { mentor: '' } }],
  ['POST', '/api/logout', { token, body: { refresh } }],
];
const nameOf = ([method, url]: Step) => `${method} ${url}`;
const unavailable = { status: 503, headers: { 'retry-after': '1' }, body: { code: 'service_unavailable' } };

const expectUnchanged = async ({ api }: Service, { access: token, refresh }: Account) => {
  expect(await api.call('GET', '/api/users', { token })).toMatchObject({ status: 200, body: [{ username: 'john' }] });
  expect(await api.call('GET', '/api/users/me', { token })).toMatchObject({ body: { email: null } });
  expect(await api.call('POST', '/api/token/refresh', { body: { refresh } })).toMatchObject({ status: 200 });
};

describe('a database that does not answer on postgres', () => {
  let database: PostgresDatabase;
  let admin: Client;
  let service: Service;
  let john: Account;
  const name = () => new URL(database.url).pathname.slice(1);

  beforeAll(async () => {
    database = await createPostgresDatabase();
    admin = new Client({ connectionString: inject('postgresUrl') });
    await admin.connect();
    service = await startService({ settings: { DATABASE_URL: database.url } });
    john = await service.api.join('john');
  });
  afterAll(async () => {
    await service.stop();
    await admin.end();
    await database.drop();
  });

  const shut = async () => {
    await admin.query(`ALTER DATABASE ${name()} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [name()]);
  };
  const open = () => admin.query(`ALTER DATABASE ${name()} ALLOW_CONNECTIONS true`);

  test('is a 503 with Retry-After wherever it is needed, and everything works again afterwards', async () => {
    await shut();
    for (const step of steps(john)) {
      const answer = await service.api.call(...step);
      expect({ route: nameOf(step), ...answer }).toMatchObject({ route: nameOf(step), ...unavailable });
    }
    await open();
    await expectUnchanged(service, john);
    expect(await service.api.call('GET', '/readyz')).toMatchObject({ status: 200 });
  });

  test('does not matter where it is not needed', async () => {
    await shut();
    for (const url of ['/healthz', '/openapi.json', '/docs/', '/.well-known/jwks.json'])
      expect(await service.api.call('GET', url)).toMatchObject({ status: 200 });
    expect(await service.api.call('GET', '/api/users')).toMatchObject({ status: 401 });
    expect(await service.api.call('GET', '/nowhere')).toMatchObject({ status: 404 });
    expect(await service.api.call('PATCH', '/api/users/me', { payload: '{' })).toMatchObject({ status: 401 });
    expect(await service.api.call('POST', '/api/login', { payload: '{' })).toMatchObject({ status: 400 });
    await open();
  });
});

describe('a database that someone else writes to all the time on sqlite', () => {
  test('is a 503 for what writes, while reads go on', async () => {
    const service = await startOnSqlite();
    const john = await service.api.join('john');
    const all = steps(john);
    const answers = await service.store.storage.atomically(() =>
      Promise.all(all.map((step) => service.api.call(...step))),
    );

    for (const [at, step] of all.entries())
      expect({ route: nameOf(step), ...answers[at] }).toMatchObject({
        route: nameOf(step),
        ...(step[0] === 'GET' ? { status: 200 } : unavailable),
      });
    await expectUnchanged(service, john);
    await service.stop();
  });
});

describe('a database that is broken on postgres', () => {
  let database: PostgresDatabase;
  let inside: Client;
  let service: Service;

  beforeAll(async () => {
    database = await createPostgresDatabase();
    service = await startService({ settings: { DATABASE_URL: database.url } });
    inside = new Client({ connectionString: database.url });
    await inside.connect();
    await service.api.join('john');
  });
  afterAll(async () => {
    await inside.end();
    await service.stop();
    await database.drop();
  });

  test.each(['users', 'sessions', 'mentorships', 'mentor_graph'])(
    'is a 500 that tells nothing of the inside: no table %s',
    async (table) => {
      const { api } = service;
      const john = { id: 1, username: 'john', password, ...(await api.logIn('john')) };
      await inside.query(`ALTER TABLE ${table} RENAME TO gone`);
      const failed = [];
      for (const step of steps(john)) {
        const answer = await api.unchecked(...step);
        if (answer.status >= 500) failed.push({ step, answer });
      }
      await inside.query(`ALTER TABLE gone RENAME TO ${table}`);

      expect(failed.length).toBeGreaterThan(0);
      for (const { step, answer } of failed) {
        expect({ route: nameOf(step), ...answer }).toMatchObject({
          route: nameOf(step),
          status: 500,
          headers: { 'content-type': expect.stringMatching(/^application\/problem\+json/) as string },
        });
        expect(answer.body).toEqual({
          type: 'urn:mentorship:problem:internal_error',
          title: 'Internal error',
          status: 500,
          detail: 'Something went wrong on our side. The X-Request-Id of this answer finds it in the logs.',
          code: 'internal_error',
        });
      }
      await expect(api.logIn('john')).resolves.toHaveProperty('access');
    },
  );
});
