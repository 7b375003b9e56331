import { availableParallelism } from 'node:os';
import { openMemoryStore } from '@mentorship/adapters/memory';
import type { Repositories } from '@mentorship/application';
import type { UserId } from '@mentorship/domain';
import { measureSessions } from '@mentorship/http/metrics/session-metrics';
import { Registry } from '@prometheus-io/client';
import { Client } from 'pg';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { password } from '../../support/http/client.ts';
import { createPostgresDatabase } from '../../support/processes/postgres.ts';
import { newUser, session } from '../../support/records.ts';
import { startMeasured } from '../../support/http/prometheus.ts';

const budgetsOff = { LOGIN_BUDGET: 'off', LOGIN_BUDGET_PER_ADDRESS: 'off', LOGIN_BUDGET_PER_ACCOUNT: 'off' };

describe('passwords', () => {
  test('running, waiting and rejected ones are measured', async () => {
    const { api, read } = await startMeasured({ ...budgetsOff, HASH_QUEUE: '100' }, { safeHashes: true });
    const logIn = () => api.call('POST', '/api/login', { body: { username: 'unknown', password } });
    const many = availableParallelism() + 130;
    const logins = Promise.all(Array.from({ length: many }, logIn));
    await expect
      .poll(
        async () => {
          const { value } = await read();
          const [running, waiting] = [
            value('mentorship_password_hashes_running'),
            value('mentorship_password_hashes_waiting'),
          ];
          return running === availableParallelism() && waiting > 0 && waiting <= 100;
        },
        { interval: 1, timeout: 20_000 },
      )
      .toBe(true);
    const rejected = (await logins).filter(({ status }) => status === 503).length;
    expect(rejected).toBeGreaterThan(0);

    const { value } = await read();
    expect(value('mentorship_password_hash_refusals_total')).toBe(rejected);
    expect(value('mentorship_password_hash_duration_seconds_count')).toBe(many - rejected);
    expect(value('mentorship_password_hash_duration_seconds_sum')).toBeGreaterThan(0);
    expect([value('mentorship_password_hashes_running'), value('mentorship_password_hashes_waiting')]).toEqual([0, 0]);
    const labels = { route: '/api/login', status: '503' };
    expect(value('http_requests_total', labels)).toBe(rejected);
  });
});

describe('sessions', () => {
  test('are counted as they open and end, by reason', async () => {
    const { api, read } = await startMeasured({ REFRESH_ROTATION: 'off' });
    const john = await api.join('john');
    const others = [await api.logIn('john'), await api.logIn('john'), await api.logIn('john')];
    await api.call('POST', '/api/login', { body: { username: 'john', password: 'wrong' } });
    await api.call('POST', '/api/logout', { token: john.access, body: { refresh: others[0]!.refresh } });
    await api.call('POST', '/api/logout', { token: john.access, body: { refresh: others[0]!.refresh } });
    await api.call('PATCH', '/api/users/me', { token: john.access, body: { password: 'another-one' } });
    const { value, samples } = await read();
    expect(value('mentorship_sessions_opened_total')).toBe(4);
    expect(value('mentorship_ended_sessions')).toBe(3);
    const ended = samples('mentorship_sessions_ended_total').map(({ labels, value: count }) => [
      labels['reason'],
      count,
    ]);
    expect(Object.fromEntries(ended)).toEqual({
      logout: 1,
      password_changed: 2,
      revoked: 0,
      refresh_token_reused: 0,
      too_many_sessions: 0,
      account_ended: 0,
    });
  });
});

test('sessions of a rolled back transaction are not counted, and sessions of a retried one are counted once', async () => {
  const registry = new Registry();
  const { storage } = openMemoryStore();
  const again: typeof storage = {
    ...storage,
    async atomically(work) {
      const lost = (repositories: Repositories) => work(repositories).then(() => Promise.reject(new Error('lost')));
      await storage.atomically(lost).catch(() => {});
      return storage.atomically(work);
    },
  };
  const measured = measureSessions(again, registry);
  await measured.atomically(async ({ users, sessions }) => {
    const john = await users.add(newUser('john'));
    await sessions.open(session('one', john!.id));
    await sessions.open(session('two', john!.id));
    await sessions.end({ userId: john!.id, id: 'one' }, 'logout', 0);
  });
  const failing = measured.atomically(async ({ sessions }) => {
    await sessions.open(session('three', 1 as UserId));
    throw new Error('rejected');
  });
  await expect(failing).rejects.toThrow('rejected');
  const text = await registry.metrics();
  expect(text).toContain('\nmentorship_sessions_opened_total 2\n');
  expect(text).toContain('\nmentorship_sessions_ended_total{reason="logout"} 1\n');
});

describe('the database on postgres', () => {
  const onPostgres = async () => {
    const database = await createPostgresDatabase();
    const admin = new Client({ connectionString: inject('postgresUrl') });
    await admin.connect();
    onTestFinished(async () => {
      await admin.end();
      await database.drop();
    });
    return { ...(await startMeasured({ DATABASE_URL: database.url })), admin, database: database.url };
  };

  test('an outage: a scrape reports it and its duration, and then the recovery', async () => {
    const { api, admin, database, read } = await onPostgres();
    const name = new URL(database).pathname.slice(1);
    await expect.poll(async () => (await read()).value('mentorship_database_up'), { timeout: 20_000 }).toBe(1);

    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [name]);
    await expect.poll(async () => (await read()).value('mentorship_database_up'), { timeout: 20_000 }).toBe(0);
    const age = (await read()).value('mentorship_poll_age_seconds');
    // In seconds: this test waits for less than a hundred.
    expect(age).toBeGreaterThanOrEqual(2);
    expect(age).toBeLessThan(100);
    await expect
      .poll(async () => (await read()).value('mentorship_poll_age_seconds'), { timeout: 20_000 })
      .toBeGreaterThan(age + 1);
    expect(await api.call('GET', '/readyz')).toMatchObject({ status: 503 });
    expect((await read()).value('http_requests_total', { route: '/readyz', status: '503' })).toBe(1);

    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await expect.poll(async () => (await read()).value('mentorship_database_up'), { timeout: 20_000 }).toBe(1);
  }, 90_000);

  test('reports idle, busy and awaited connections', async () => {
    const { api, database, read } = await onPostgres();
    const { access: token } = await api.join('john');
    const inside = new Client({ connectionString: database });
    await inside.connect();
    onTestFinished(() => inside.end());
    const connections = async () => {
      const { value } = await read();
      const of = (name: string, labels = {}) =>
        value(`mentorship_database_connections${name}`, { pool: 'requests', ...labels });
      return {
        busy: of('', { state: 'busy' }),
        idle: of('', { state: 'idle' }),
        waiting: of('_waiting'),
        most: of('_max'),
      };
    };
    const quiet = { busy: 0, idle: expect.any(Number) as number, waiting: 0, most: 10 };
    await expect.poll(connections, { timeout: 20_000 }).toEqual(quiet);

    await inside.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    const answers = Promise.all(Array.from({ length: 13 }, () => api.call('GET', '/api/users', { token })));
    await expect
      .poll(connections, { interval: 1, timeout: 20_000 })
      .toEqual({ busy: 10, idle: 0, waiting: 3, most: 10 });
    await inside.query('ROLLBACK');
    await answers;
    await expect.poll(connections, { timeout: 20_000 }).toEqual(quiet);
  });
});

test('a store without a pool has no connection metrics', async () => {
  const { read } = await startMeasured();
  const { families } = await read();
  const pools = families.filter(({ name }) => name.startsWith('mentorship_database_connections'));
  expect(pools.map(({ samples }) => samples)).toEqual([[], [], []]);
});
