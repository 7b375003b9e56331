import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { scrape } from '../support/http/prometheus.ts';
import { logIn, register, startService, type Service } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Returns the metrics URL that the process prints. */
const metricsUrlOf = (service: Service): Promise<string> =>
  vi.waitFor(() => {
    const url = /^Metrics: +(\S+)$/m.exec(service.output.stderr)?.[1];
    if (url === undefined) throw new Error(service.output.stderr);
    return url;
  });

const refuses = async (url: string): Promise<boolean> => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const [error] = await Promise.race([once(socket, 'connect').then(() => []), once(socket, 'error')]).catch(
    (cause: unknown) => [cause],
  );
  socket.destroy();
  return error !== undefined;
};

test('the process logs the URL of its metrics, which listen on localhost only', async () => {
  await using service = await startService({ DATABASE_URL: 'memory:', HOST: '0.0.0.0', METRICS_PORT: '0' });
  const url = await metricsUrlOf(service);
  expect(new URL(url).hostname).toBe('127.0.0.1');
  await register(service.url, 'john');
  await logIn(service.url, 'john');
  const { value } = await scrape(url);
  expect(value('mentorship_sessions_opened_total')).toBe(1);
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
});

test('METRICS_HOST allows another machine to scrape', async () => {
  await using service = await startService({ DATABASE_URL: 'memory:', METRICS_PORT: '0', METRICS_HOST: '::' });
  const { port } = new URL(await metricsUrlOf(service));
  for (const host of ['127.0.0.1', '[::1]'])
    await expect(scrape(`http://${host}:${port}/metrics`)).resolves.toBeDefined();
});

test('a stopping process serves scrapes until the last response, then closes the port and its connections', async () => {
  await using service = await startService({ DATABASE_URL: 'memory:', METRICS_PORT: '0' });
  const url = await metricsUrlOf(service);
  await scrape(url);
  const scraper = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  scraper.write('GET /metrics HTT');
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const body = '{"username": "unknown", "password": "12345678"}';
  socket.write(
    `POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const stopped = service.stop();
  await expect.poll(() => refuses(service.url), { timeout: 20_000 }).toBe(true);

  expect((await scrape(url)).value('mentorship_database_up')).toBe(1);
  socket.write(body);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
  expect(await stopped).toMatchObject({ code: 0, signal: null });
  expect(await refuses(url)).toBe(true);
});
