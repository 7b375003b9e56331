import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { password } from '../../support/http/client.ts';
import { startForTest } from '../../support/http/service.ts';
import { answersIn, exchange, request } from '../../support/http/raw.ts';
import { parseMetrics, startMeasured } from '../../support/http/prometheus.ts';

test('metrics are off by default: no port, and no such URL on the port of the API', async () => {
  const { app, api } = await startForTest();
  expect(app.hasDecorator('metricsServer')).toBe(false);
  expect(await api.unchecked('GET', '/metrics')).toMatchObject({ status: 404 });
});

const byText = (a: string, b: string): number => a.localeCompare(b);

/** The names in backticks. */
const named = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

test('docs/metrics.md lists exactly the metrics, each with its type and labels', async () => {
  const { api, read } = await startMeasured();
  await api.join('john');
  const { families } = await read();
  const rows = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const linuxOnly = ['process_virtual_memory_bytes', 'process_heap_bytes', 'process_open_fds', 'process_max_fds'];
  const here = (name: string) => process.platform === 'linux' || !linuxOnly.includes(name);
  const documented = rows.flatMap(([, names]) => named(names)).filter(here);
  expect(documented.toSorted(byText)).toEqual(families.map(({ name }) => name).toSorted(byText));

  for (const [, name, type, labels] of rows.filter((row) => row.length > 5)) {
    const family = families.find((one) => one.name === named(name)[0]);
    expect([name, family?.type]).toEqual([name, type]);
    for (const sample of family?.samples ?? [])
      expect([name, Object.keys(sample.labels).filter((label) => label !== 'le')]).toEqual([name, named(labels)]);
  }
});

describe('the port of the metrics', () => {
  test('answers GET and HEAD of /metrics in the text format, and no other request', async () => {
    const { url, api } = await startMeasured();
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    for (const path of [url, `${url}/`, `${url}?name=value`]) {
      const response = await fetch(path);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
      expect(parseMetrics(await response.text()).length).toBeGreaterThan(20);
    }
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, type, '']);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const response = await fetch(url, { method });
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
      expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
    }
    for (const path of ['/', '/metric', '/metrics/all', '/api/users', '/healthz', '/openapi.json', '/docs'])
      expect([path, (await fetch(new URL(path, url))).status]).toEqual([path, 404]);
    expect((await fetch(`${url}/%zz`)).status).toBe(400);
    const { port } = new URL(url);
    for (const [line, header, status] of [
      ['BREW /metrics HTTP/1.1', 'X-A: 1', 501],
      ['GET /metrics HTTP/2.0', 'X-A: 1', 505],
      ['GET * HTTP/1.1', 'X-A: 1', 400],
      ['GET /metrics HTTP/1.1', 'Host: two', 400],
      ['GET /metrics HTTP/1.1', 'Transfer-Encoding: gzip, chunked', 501],
      ['GET /metrics HTTP/1.1', 'Expect: miracles', 417],
    ] as const) {
      const pieces = request([line, 'Host: localhost', 'Connection: close', header], '0\r\n\r\n');
      const [answer] = answersIn(await exchange(Number(port), pieces));
      expect(answer, line).toMatchObject({ status, body: { status }, headers: { date: expect.any(String) as string } });
    }
    expect(await api.unchecked('GET', '/metrics')).toMatchObject({ status: 404 });
  });

  test('names, types and histograms follow Prometheus’ conventions', async () => {
    const { api, read } = await startMeasured();
    await api.join('john');
    const { families } = await read();
    for (const { name, type, samples } of families.filter((one) => /^(http|mentorship)_/.test(one.name))) {
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|count|sum|bucket|histogram)(_|$)/);
      if (type !== 'histogram') continue;
      const counts = samples.filter((one) => one.name === `${name}_count`);
      expect(counts).not.toEqual([]);
      for (const { labels, value } of counts) {
        const { route = '', method = '' } = labels;
        const mine = samples.filter(
          (one) => (one.labels['route'] ?? '') === route && (one.labels['method'] ?? '') === method,
        );
        const buckets = mine.filter((one) => one.name === `${name}_bucket`);
        expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value });
        const bounds = buckets.map((one) => Number((one.labels['le'] ?? '').replace('Inf', 'Infinity')));
        expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
        const values = buckets.map((one) => one.value);
        expect(values).toEqual(values.toSorted((a, b) => a - b));
      }
    }
  });
});

test('no label identifies a user', async () => {
  const { api, read } = await startMeasured();
  const john = await api.join('john-doe', { email: 'john@example.com', phone: '+79999999999' });
  await api.call('GET', '/api/users/me', { token: john.access, from: '203.0.113.7' });
  await api.call('POST', '/api/logout', { token: john.access, body: { refresh: john.refresh } });
  const { text } = await read();
  for (const secret of ['john', 'example.com', '79999999999', '203.0.113.7', '127.0.0.1', 'argon2', 'eyJ', password])
    expect(text).not.toContain(secret);
});
