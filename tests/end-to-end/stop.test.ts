import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import {
  expectPortFree,
  sendHundredRequests,
  expectAllCompleteDuring,
} from '../support/processes/requests-in-flight.ts';
import { createDatabase, lastingStores, launch, startService } from '../support/processes/service.ts';

// Below the 72 s keep-alive of idle connections: a stop must not wait for those.
vi.setConfig({ testTimeout: 60_000 });

describe.each(lastingStores)('a stop on %s', (store) => {
  test.each([
    ['SIGTERM', '0s'],
    ['SIGINT', '0s'],
    ['SIGHUP', '0s'],
    ['SIGTERM', '1s'],
  ] as const)('by %s with a grace of %s completes the 100 requests in flight first', async (signal, grace) => {
    await using database = await createDatabase(store);
    await using service = await startService({ DATABASE_URL: database.url, SHUTDOWN_GRACE: grace });
    await expectAllCompleteDuring(await sendHundredRequests(service.url), () => service.stop(signal));
    expect(await service.ended).toMatchObject({ code: 0, signal: null });
    await expectPortFree(service.url);
  });
});

test('is logged with its signal, and a clean one without a warning', async () => {
  await using service = await startService({ DATABASE_URL: 'memory:' });
  const { stdout } = await service.stop('SIGTERM');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; signal?: string });
  expect(lines.filter(({ signal }) => signal === 'SIGTERM')).toHaveLength(1);
  expect(Math.max(...lines.map(({ level }) => level))).toBe(30);
});

test.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s ends a process whose database does not answer its start',
  async (signal) => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const asked = once(silent, 'connection');
    await using launched = launch({ DATABASE_URL: `postgres://u:p@127.0.0.1:${port}/db` });
    await asked;
    // An exit code, not the signal: the kernel leaves out the default action for the first process of a container.
    expect(await launched.stop(signal)).toMatchObject({ code: signal === 'SIGTERM' ? 143 : 129, signal: null });
    silent.close();
  },
);

test('a second signal during the stop changes nothing', async () => {
  await using service = await startService({ DATABASE_URL: 'memory:' });
  await expectAllCompleteDuring(await sendHundredRequests(service.url), () => {
    void service.stop('SIGTERM');
    void service.stop('SIGINT');
    return service.stop('SIGTERM');
  });
  expect(await service.ended).toMatchObject({ code: 0, signal: null });
});

test('incomplete requests do not keep the process running', async () => {
  await using service = await startService({ DATABASE_URL: 'memory:' });
  const { hostname, port } = new URL(service.url);
  const incomplete = ['GET /api/users HTT', 'POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{'];
  const sockets = await Promise.all(
    incomplete.map(async (bytes) => {
      const socket = connect(Number(port), hostname).on('error', () => {});
      await once(socket, 'connect');
      socket.resume().write(bytes);
      return socket;
    }),
  );
  expect(await service.stop('SIGTERM')).toMatchObject({ code: 0 });
  for (const socket of sockets) socket.destroy();
});

// Set when pnpm runs the tests, as in the README and in CI.
const pnpm = process.env.npm_execpath ?? '';

test('SIGTERM to the process group of pnpm start completes the requests in flight', async ({ skip }) => {
  skip(!basename(pnpm).startsWith('pnpm'), 'These tests were not started by pnpm. Run npx -y pnpm@12 test.');
  await using database = await createDatabase('sqlite');
  const { PATH = '', HOME = '' } = process.env;
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // A pnpm that is a JavaScript file needs the Node of this run.
  const command = /\.[cm]?js$/.test(pnpm) ? [process.execPath, pnpm, 'start'] : [pnpm, 'start'];
  const environment = { DATABASE_URL: database.url, PATH: `${dirname(process.execPath)}:${PATH}`, HOME, CI: 'true' };
  await using supervised = launch(environment, { folder: root, command, group: true });
  const url = await supervised.listening;
  await expectAllCompleteDuring(await sendHundredRequests(url), () => supervised.stop('SIGTERM'));
  await vi.waitFor(() => expect(() => process.kill(-supervised.pid, 0)).toThrow('ESRCH'), { timeout: 30_000 });
  await expectPortFree(url);
});
