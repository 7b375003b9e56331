import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { scrape } from '../support/http/prometheus.ts';
import { launch, mainFile, startService } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Starts the service with an output of the shell's making. */
const shell = (before: string, redirection: string): string[] => [
  'sh',
  '-c',
  `${before} exec "$0" "$1" ${redirection}`,
  process.execPath,
  mainFile,
];

const outputs: [name: string, command: string[]][] = [
  ['a full disk', shell('', '>/dev/full')],
  ['a pipe whose reader is gone', shell('mkfifo log; true <log &', '>log')],
  // The shell's own descriptor keeps the pipe open, and nothing reads from it.
  ['a pipe that is not read', shell('mkfifo log; exec 3<>log;', '>log')],
];

// Each request logs its path: 300 of them are more than a pipe and the lines that wait can hold.
const longPath = `/${'x'.repeat(8000)}`;

describe.each(['1', '2'])('with WORKERS=%s and a log on', (WORKERS) => {
  test.each(outputs)('%s, the service drops lines, counts them, answers and stops', async (_, command) => {
    const environment = { DATABASE_URL: 'sqlite:mentorship.sqlite', METRICS_PORT: '0', WORKERS };
    await using service = await startService(environment, { command });
    const metrics = await vi.waitUntil(() => /^Metrics: +(\S+)$/m.exec(service.output.stderr)?.[1]);
    for (let sent = 0; sent < 300 * Number(WORKERS); sent += 20) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(service.url + longPath)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
      for (const answer of answers) await answer.body?.cancel();
    }
    const { value } = await scrape(metrics);
    expect(value('mentorship_log_lines_dropped_total')).toBeGreaterThan(0);
    expect(await service.stop()).toMatchObject({ code: 0, signal: null });
  });
});

test('with an output and an error output that fail, the service answers and stops', async () => {
  const reserved = createServer().listen(0, '127.0.0.1');
  await once(reserved, 'listening');
  const { port } = reserved.address() as AddressInfo;
  reserved.close();
  await once(reserved, 'close');
  const environment = { DATABASE_URL: 'sqlite:mentorship.sqlite', PORT: String(port) };
  await using launched = launch(environment, { command: shell('', '>/dev/full 2>/dev/full') });
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200), {
    timeout: 30_000,
    interval: 100,
  });
  expect(await launched.stop()).toMatchObject({ code: 0, signal: null });
});
