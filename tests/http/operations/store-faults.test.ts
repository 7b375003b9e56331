import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type Account, type Call, type Method, password } from '../../support/http/client.ts';
import { readToken } from '../../support/http/forge.ts';
import { mentoring } from '../../support/http/mentorships.ts';
import { type Service, startService, startOnSqliteForTest } from '../../support/http/service.ts';
import { createPostgresDatabase, type PostgresDatabase } from '../../support/processes/postgres.ts';

type Step = [method: Method, url: string, call?: Call];

const sessionOf = (token: string) => String(readToken(token).claims['sid']);

/** Every route that needs the store, in an order in which each of them succeeds. */
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
  ['PATCH', '/api/users/me', { token, body: { password, current_password: password } }],
  ['PATCH', '/api/users/me', { token, body: { mentor_policy: 'closed', mentor_capacity: 1, skills: ['Go'] } }],
  ['GET', '/api/users?q=a&has_mentor=true&view=full', { token }],
  ['POST', '/api/mentorships', { token, body: { mentee: 'mike', message: 'Shall we?' } }],
  ['GET', '/api/mentorships', { token }],
  ['GET', '/api/mentorships/1', { token }],
  ['GET', '/api/mentorships/graph?root=john', { token }],
  ['GET', '/api/users/2/mentorships', { token }],
  ['PATCH', '/api/mentorships/1', { token, body: { status: 'completed', reason: 'Done.' } }],
  ['GET', '/api/sessions', { token }],
  ['GET', '/api/users/me/events', { token }],
  ['DELETE', `/api/sessions/${sessionOf(token)}`, { token }],
  ['POST', '/api/logout', { token, body: { refresh } }],
  ['POST', '/api/logout', { token, body: { refresh, scope: 'all' } }],
  ['DELETE', '/api/users/me', { token, body: { current_password: password } }],
];
const nameOf = ([method, url]: Step) => `${method} ${url}`;
const unavailable = { status: 503, headers: { 'retry-after': '1' }, body: { code: 'service_unavailable' } };

/** John, and a mentee of his. */
const joinAll = async ({ api }: Service): Promise<Account> => {
  const john = await api.join('john');
  await api.join('ann', { mentor_username: 'john' });
  return john;
};

const expectUnchanged = async ({ api }: Service, { access: token, refresh }: Account) => {
  const users = [{ username: 'john' }, { username: 'ann', mentor_username: 'john' }];
  expect(await api.call('GET', '/api/users', { token })).toMatchObject({ status: 200, body: users });
  const own = await api.call('GET', '/api/users/me', { token });
  expect(own).toMatchObject({ body: { email: null, mentees: ['ann'] } });
  expect(own.body).not.toHaveProperty('mentor_policy');
  const mentorships = [{ id: 1, status: 'active', reason: null, version: 1 }];
  expect(await api.call('GET', '/api/mentorships', { token })).toMatchObject({ body: mentorships });
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
    john = await joinAll(service);
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

  test('is a 503 with Retry-After on every route that needs it, until it is back', async () => {
    await shut();
    for (const step of steps(john)) {
      const answer = await service.api.call(...step);
      expect({ route: nameOf(step), ...answer }).toMatchObject({ route: nameOf(step), ...unavailable });
    }
    await open();
    await expectUnchanged(service, john);
    expect(await service.api.call('GET', '/readyz')).toMatchObject({ status: 200 });
  });

  test('does not affect routes that do not need it', async () => {
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

describe('an ended session while the database is away on postgres', () => {
  test('is rejected everywhere, and other sessions work again afterwards', async () => {
    const database = await createPostgresDatabase();
    onTestFinished(database.drop);
    const settings = { DATABASE_URL: database.url };
    const [one, other] = [await startService({ settings }), await startService({ settings })];
    onTestFinished(async () => void (await Promise.all([one.stop(), other.stop()])));
    const admin = new Client({ connectionString: inject('postgresUrl') });
    await admin.connect();
    onTestFinished(() => admin.end());
    const name = new URL(database.url).pathname.slice(1);
    const john = await one.api.join('john');
    const ended = await one.api.logIn('john');
    const statusAt = async ({ api }: Service, { access: token }: { access: string }) =>
      (await api.call('GET', '/api/sessions', { token })).status;
    expect(await statusAt(other, ended)).toBe(200);

    await one.api.call('DELETE', `/api/sessions/${sessionOf(ended.access)}`, { token: john.access });
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [name]);
    expect(await statusAt(one, ended)).toBe(401);
    await expect.poll(() => statusAt(other, ended), { timeout: 20_000 }).not.toBe(200);
    await expect.poll(() => statusAt(one, john), { timeout: 20_000 }).toBe(503);
    for (let time = 0; time < 50; time += 1)
      for (const service of [one, other]) expect([401, 503]).toContain(await statusAt(service, ended));

    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    const seen = new Set<number>();
    const settled = async () => {
      seen.add(await statusAt(other, ended));
      return [await statusAt(other, ended), await statusAt(other, john), await statusAt(one, john)];
    };
    await expect.poll(settled, { timeout: 20_000 }).toEqual([401, 200, 200]);
    for (let time = 0; time < 50; time += 1)
      for (const service of [one, other]) expect(await statusAt(service, ended)).toBe(401);
    expect(seen).not.toContain(200);
  }, 90_000);
});

describe('a database that another process keeps locked on sqlite', () => {
  // All at once: one after another, they would exceed the time limit of a test.
  test('is a 503 for writes, while reads succeed', async () => {
    const service = await startOnSqliteForTest();
    const john = await joinAll(service);
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
    await joinAll(service);
  });
  afterAll(async () => {
    await inside.end();
    await service.stop();
    await database.drop();
  });

  test.each([
    'users',
    'sessions',
    'mentorships',
    'mentor_graph',
    'user_skills',
    'user_networks',
    'attempt_counts',
    'security_events',
    'session_end_counter',
  ])('is a 500 without internals: no table %s', async (table) => {
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
        detail:
          'The service failed. Report the X-Request-Id of this response to the operator, who finds the cause in the logs.',
        code: 'internal_error',
      });
    }
    await expect(api.logIn('john')).resolves.toHaveProperty('access');
  });

  test('rolls back an acceptance that fails at its last step', async () => {
    const { asked, change, get } = mentoring(service.api);
    await service.api.join('carl');
    const dora = await service.api.join('dora');
    const eve = await service.api.join('eve', { mentor_username: 'carl' });
    const id = await asked(eve, { mentor: 'dora', message: 'Please.' });
    await asked(eve, { mentor: 'ann' });
    const seen = async () => [(await get(eve, '/api/mentorships')).body, (await get(eve, '/api/users/me')).body];
    const before = await seen();

    await inside.query(`ALTER TABLE mentorships ADD CONSTRAINT surprise CHECK (reason <> 'matched')`);
    const { access: token } = dora;
    const accept = () =>
      service.api.unchecked('PATCH', `/api/mentorships/${id}`, { token, body: { status: 'active' } });
    expect(await accept()).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(await seen()).toEqual(before);

    await inside.query('ALTER TABLE mentorships DROP CONSTRAINT surprise');
    expect(await change(dora, id, { status: 'active' }, { 'if-match': '"1"' })).toMatchObject({ status: 200 });
    expect(await get(eve, '/api/users/me')).toMatchObject({ body: { mentor_username: 'dora' } });
  });
});
