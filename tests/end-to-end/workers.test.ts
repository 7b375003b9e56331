import { once } from 'node:events';
import { mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  expectPortFree,
  sendHundredRequests,
  expectAllCompleteDuring,
} from '../support/processes/requests-in-flight.ts';
import {
  call,
  createDatabase,
  lastingStores,
  launch,
  logIn,
  password,
  register,
  startService,
  type Tokens,
} from '../support/processes/service.ts';
import { openForSuite } from '../support/processes/open-for-suite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { times } from '../support/processes/two-processes.ts';
import { connectToEach, logOf, pidsOf, scrapeWorkers } from '../support/processes/workers.ts';

vi.setConfig({ testTimeout: 120_000 });

const slowPoll = { timeout: 30_000 };

describe.each(lastingStores)('three workers on %s', (store) => {
  const settings = { WORKERS: '3', METRICS_PORT: '0' };
  const shared = openForSuite(async (running) => {
    const { url: DATABASE_URL } = running.use(await createDatabase(store));
    return running.use(await startService({ ...settings, DATABASE_URL }));
  });

  test('serve one port as one service: a logout reaches all workers, and a name is taken once', async () => {
    const service = shared();
    expect(service.output.stderr.match(/listens on/g)).toHaveLength(1);
    const pids = await pidsOf(service, 3);
    expect(new Set([...pids, service.pid]).size).toBe(4);
    const connections = await connectToEach(service, pids);
    const [first, ...others] = connections;

    const body = { username: 'john', password };
    const registered = await Promise.all(
      times(12, (at) => connections[at % 3]!.send('POST /api/registration', { body })),
    );
    expect(registered.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, ...times(11, () => 409)]);
    expect(new Set(registered.map(({ pid }) => pid)).size).toBe(3);

    const { access, refresh } = (await first!.send('POST /api/login', { body })).body as Tokens;
    const statusAt = async ({ send }: (typeof connections)[number]) =>
      (await send('GET /api/users/me', { token: access })).status;
    expect(await Promise.all(connections.map(statusAt))).toEqual([200, 200, 200]);
    expect(await first!.send('POST /api/logout', { body: { refresh }, token: access })).toMatchObject({ status: 205 });
    expect(await statusAt(first!)).toBe(401);
    await expect.poll(() => Promise.all(others.map(statusAt)), slowPoll).toEqual([401, 401]);
  });

  test('report combined metrics, even after one of them is killed', async () => {
    await using database = await createDatabase(store);
    await using service = await startService({ ...settings, DATABASE_URL: database.url });
    const pids = await pidsOf(service, 3);
    const connections = await connectToEach(service, pids);
    await register(service.url, 'john');
    await Promise.all(connections.map(({ send }) => send('POST /api/login', { body: { username: 'john', password } })));
    const before = await scrapeWorkers(service);
    expect(before.value('mentorship_workers')).toBe(3);
    expect(before.value('mentorship_database_up')).toBe(1);
    expect(before.samples('mentorship_build_info')).toHaveLength(1);
    expect(before.value('mentorship_build_info')).toBe(1);
    expect(before.value('mentorship_poll_age_seconds')).toBeLessThan(10);
    const logins = { route: '/api/login', status: '200' };
    expect(before.value('http_requests_total', logins)).toBe(3);
    expect(before.value('http_request_duration_seconds_count', { route: '/api/login' })).toBe(3);
    expect(before.value('mentorship_sessions_opened_total')).toBe(3);

    process.kill(pids[0]!, 'SIGKILL');
    await pidsOf(service, 4);
    await logIn(service.url, 'john');
    const after = await scrapeWorkers(service);
    expect(after.value('mentorship_workers')).toBe(3);
    expect(after.value('http_requests_total', logins)).toBe(4);
    expect(after.value('mentorship_sessions_opened_total')).toBe(4);
  });

  test('replace a killed worker while the others keep serving', async () => {
    const service = shared();
    const [victim, ...others] = await pidsOf(service, 3);
    const connections = await connectToEach(service, others);
    process.kill(victim!, 'SIGKILL');
    const [{ pid: primary }] = await vi.waitFor(() => {
      const lines = logOf(service).filter(({ worker }) => worker === victim);
      expect(lines).toMatchObject([{ level: 50, signal: 'SIGKILL' }]);
      return lines as [(typeof lines)[number]];
    }, slowPoll);
    expect(primary).toBe(service.pid);
    for (const { send } of connections) expect(await send('GET /readyz')).toMatchObject({ status: 200 });
    await connectToEach(service, (await pidsOf(service, 4)).slice(1));
    expect(await service.stop()).toMatchObject({ code: 0, signal: null });
  });

  test.each([
    ['SIGTERM', '0s'],
    ['SIGINT', '0s'],
    ['SIGTERM', '1s'],
  ] as const)('complete the 100 requests in flight after %s with a grace of %s', async (signal, grace) => {
    await using database = await createDatabase(store);
    const environment = { ...settings, DATABASE_URL: database.url, SHUTDOWN_GRACE: grace };
    await using service = await startService(environment);
    await expectAllCompleteDuring(await sendHundredRequests(service.url), () => service.stop(signal));
    expect(await service.ended).toMatchObject({ code: 0, signal: null });
    await expectPortFree(service.url);
  });

  test('end when the primary process is killed', async () => {
    await using database = await createDatabase(store);
    await using service = await startService({ ...settings, DATABASE_URL: database.url });
    // Resolves when the last worker has closed the output.
    expect(await service.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await expectPortFree(service.url);
  });
});

describe('a signal to all processes at once', () => {
  test('SIGTERM starts the grace, and Ctrl-C ends it', async () => {
    await using database = await createDatabase('sqlite');
    const environment = { DATABASE_URL: database.url, WORKERS: '2', SHUTDOWN_GRACE: '10m' };
    await using service = await startService(environment, { group: true });
    const connections = await connectToEach(service, await pidsOf(service, 2));
    void service.stop('SIGTERM');
    for (const { send } of connections)
      await expect.poll(() => send('GET /readyz'), slowPoll).toMatchObject({ status: 503 });
    expect(await call(service.url, 'GET /healthz')).toMatchObject({ status: 200 });
    expect(await service.stop('SIGINT')).toMatchObject({ code: 0, signal: null });
  });
});

test('a worker that cannot start is retried with growing pauses until it can', async () => {
  const folder = temporaryFolder();
  await using _cleanup = { [Symbol.asyncDispose]: async () => folder.remove() };
  const [path, aside] = ['store', 'aside'].map((name) => join(folder.path, name)) as [string, string];
  await using service = await startService({ DATABASE_URL: `sqlite:${path}`, WORKERS: '2' });
  const [victim] = await pidsOf(service, 2);
  renameSync(path, aside);
  mkdirSync(path);
  process.kill(victim!, 'SIGKILL');
  const pauses = () => logOf(service).flatMap(({ pause }) => (pause === undefined ? [] : [pause]));
  await expect.poll(pauses, slowPoll).toEqual([100, 200, 400]);
  expect(logOf(service)).toContainEqual(
    expect.objectContaining({
      level: 50,
      pid: service.pid,
      msg: expect.stringMatching(/^Cannot start: .*store is not a file\. Name a file, /),
    }),
  );
  rmdirSync(path);
  renameSync(aside, path);
  expect(await pidsOf(service, 3)).toHaveLength(3);
});

describe('two workers do not start', () => {
  const expectFailedStart = async (environment: Record<string, string>, message: RegExp) => {
    await using launched = launch({ WORKERS: '2', ...environment });
    expect(await launched.ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^Cannot start: .+\n$/),
    });
    expect((await launched.ended).stderr).toMatch(message);
  };

  test('on a memory store, which they cannot share', async () => {
    await expectFailedStart({ DATABASE_URL: 'memory:' }, /WORKERS must be 1 .* DATABASE_URL/);
  });

  test('on an unusable database', async () => {
    await expectFailedStart({ DATABASE_URL: 'sqlite:/proc/mentorship.sqlite' }, /DATABASE_URL/);
    await expectFailedStart(
      { DATABASE_URL: 'sqlite:/proc/mentorship.sqlite', METRICS_PORT: '0', LOG_LEVEL: 'warn' },
      /DATABASE_URL/,
    );
  });

  test('on a port in use, even by another service with workers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const PORT = String((server.address() as AddressInfo).port);
    await expectFailedStart({ PORT }, /\bin use\b.* PORT\b/);
    await expectFailedStart({ METRICS_PORT: PORT }, /\bMETRICS_PORT\b/);
    server.close();
    await using database = await createDatabase('sqlite');
    await using service = await startService({ DATABASE_URL: database.url, WORKERS: '2' });
    await expectFailedStart({ PORT: new URL(service.url).port }, /\bin use\b.* PORT\b/);
    const { port } = new URL(service.url);
    await expectFailedStart({ PORT: port, WORKERS: '1' }, new RegExp(`the port ${port} is in use\\b.* PORT\\b`));
  });

  test('on an address of another machine', async () => {
    await expectFailedStart({ HOST: '203.0.113.1' }, /\bHOST\b/);
  });
});
