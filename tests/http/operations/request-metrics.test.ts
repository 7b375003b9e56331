import { randomBytes } from 'node:crypto';
import { METHODS } from 'node:http';
import { connect } from 'node:net';
import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { exchange, listen, request } from '../../support/http/raw.ts';
import { startMeasured } from '../../support/http/prometheus.ts';

describe('requests', () => {
  test('are counted by method, route and status, and their time is measured', async () => {
    const { api, read } = await startMeasured({}, { safeHashes: true });
    const { access: token, id } = await api.join('john');
    const before = await read();
    await api.call('GET', `/api/users/${id}`, { token });
    await api.call('GET', '/api/users/999', { token });
    await api.call('GET', '/api/users/999/', { token });
    await api.call('GET', '/api/users/7');
    await api.call('POST', '/api/login', { body: { username: 'john', password: 'wrong' } });
    const after = await read();
    const more = (labels: Record<string, string>, name = 'http_requests_total') =>
      after.value(name, labels) - before.value(name, labels);
    const user = { method: 'GET', route: '/api/users/:id' };
    expect(['200', '404', '401', '500'].map((status) => more({ ...user, status }))).toEqual([1, 2, 1, 0]);
    expect(more({ method: 'POST', route: '/api/login', status: '401' })).toBe(1);
    expect(more({}, 'http_requests_total')).toBe(5);
    expect(more(user, 'http_request_duration_seconds_count')).toBe(4);
    expect(more({ ...user, le: '10' }, 'http_request_duration_seconds_bucket')).toBe(4);
    // The request hashes a password at the cost of production, which takes longer than the smallest bucket.
    const login = { route: '/api/login' };
    expect(more(login, 'http_request_duration_seconds_sum')).toBeGreaterThan(0.001);
    expect(more({ ...login, le: '0.001' }, 'http_request_duration_seconds_bucket')).toBe(0);
  });

  test('random URLs and methods create no series', async () => {
    const { app, read } = await startMeasured();
    const marker = `unique${randomBytes(4).toString('hex')}`;
    const urls = (at: string) => [
      `/${at}`,
      `/api/${at}`,
      `/api/users/${at}`,
      `/api/users/${at}/mentorships`,
      `/docs/${at}`,
    ];
    const send = async (rounds: number) => {
      for (let at = 0; at < rounds; at += 1)
        for (const url of [
          ...urls(`${marker}${at}`),
          ...urls(`${at}%2F..%2F${marker}`),
          `/api/users?q=${marker}${at}`,
        ]) {
          const method = METHODS[at % METHODS.length] as InjectOptions['method'] & string;
          if (method !== 'CONNECT') await app.inject({ method, url, headers: { 'user-agent': `${marker}${at}` } });
        }
    };
    await send(METHODS.length);
    const first = await read();
    await send(300);
    const last = await read();
    expect(last.value('http_requests_total')).toBeGreaterThan(3000);
    const seriesOf = ({ families }: typeof first) =>
      families.filter(({ name }) => name.startsWith('http_')).flatMap(({ samples }) => samples).length;
    expect(seriesOf(last)).toBe(seriesOf(first));
    expect(last.text).not.toContain(marker);
    const labelled = (name: string) => new Set(last.samples('http_requests_total').map(({ labels }) => labels[name]));
    expect(labelled('route')).toEqual(
      new Set(['/openapi.json', '/api/users', '/api/users/:id', '/api/users/:id/mentorships', 'unknown']),
    );
    expect(labelled('method')).toEqual(new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'other']));
  });

  test('whose client disconnects before the response are counted as aborted, others are not', async () => {
    const { app, read } = await startMeasured();
    const port = await listen(app);
    const half = request(
      ['POST /api/login HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Content-Length: 9'],
      '{',
    );
    const socket = connect(port, '127.0.0.1', () => socket.write(half.join('')));
    await expect.poll(() => socket.bytesWritten, { timeout: 20_000 }).toBeGreaterThan(0);
    socket.destroy();
    const aborted = { method: 'POST', route: '/api/login', status: 'aborted' };
    await expect.poll(async () => (await read()).value('http_requests_total', aborted), { timeout: 20_000 }).toBe(1);
    const rejected = request(
      ['PATCH /api/users/me HTTP/1.1', 'Host: a', 'Content-Type: application/json', 'Content-Length: 9'],
      '{',
    );
    expect(await exchange(port, rejected, { cut: true })).toContain(' 401 ');
    const { value } = await read();
    expect(value('http_requests_total', { route: '/api/users/me', status: '401' })).toBe(1);
    expect(value('http_requests_total', { status: 'aborted' })).toBe(1);
  });
});
