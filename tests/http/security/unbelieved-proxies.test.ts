import { noteProxies } from '@mentorship/adapters/maintenance';
import { describe, expect, test } from 'vitest';
import { startMeasured } from '../../support/http/prometheus.ts';
import { memoryLog, startOnSqliteForTest } from '../../support/http/service.ts';

type Request = readonly [from: string, headers: Record<string, string>];
const metric = 'mentorship_unbelieved_forwards_total';

/** Returns what the log says of proxies, and the value of the metric. */
const reported = async (TRUST_PROXY: string, ...requests: readonly Request[]) => {
  const log = memoryLog();
  const { api, read } = await startMeasured({ TRUST_PROXY }, { logger: log.logger });
  for (const [from, headers] of requests) await api.unchecked('GET', '/healthz', { from, headers });
  const said = log.lines().flatMap(({ level, msg, proxy }) => (proxy === undefined ? [] : [{ level, msg, proxy }]));
  return { said, counted: (await read()).value(metric) };
};

const forwarded = 'x-forwarded-for';

describe('a proxy behind which all clients count as one address is named once, with the setting to write', () => {
  test.each<[what: string, trusted: string, request: Request, advice: string]>([
    ['on this machine', 'none', ['127.0.0.1', { [forwarded]: '192.0.2.7' }], 'set TRUST_PROXY=127.0.0.1.'],
    ['on this machine, on IPv6', 'none', ['::1', { [forwarded]: '192.0.2.7' }], 'set TRUST_PROXY=::1.'],
    ['an IPv4 address written as IPv6', 'none', ['::ffff:10.0.0.5', { [forwarded]: 'x' }], 'TRUST_PROXY=10.0.0.5.'],
    ['in a private network', 'none', ['172.30.0.1', { [forwarded]: '192.0.2.7' }], 'set TRUST_PROXY=172.30.0.1.'],
    ['in a private IPv6 network', 'none', ['fd00::5', { [forwarded]: '2001:db8::7' }], 'set TRUST_PROXY=fd00::5.'],
    ['beside a trusted one', '10.0.0.5', ['10.0.0.6', { [forwarded]: '192.0.2.7' }], 'TRUST_PROXY=10.0.0.5,10.0.0.6.'],
    [
      'behind a trusted one',
      '10.0.0.5',
      ['10.0.0.5', { [forwarded]: '192.0.2.7, 172.30.0.1' }],
      'TRUST_PROXY=10.0.0.5,172.30.0.1.',
    ],
    ['with Forwarded', 'none', ['127.0.0.1', { forwarded: 'for=192.0.2.7' }], 'set TRUST_PROXY=127.0.0.1.'],
    ['with X-Real-IP', 'none', ['127.0.0.1', { 'x-real-ip': '192.0.2.7' }], 'set TRUST_PROXY=127.0.0.1.'],
    ['trusted, with X-Real-IP alone', 'loopback', ['127.0.0.1', { 'x-real-ip': '192.0.2.7' }], 'set that header'],
    ['trusted, with Forwarded alone', 'loopback', ['127.0.0.1', { forwarded: 'for=192.0.2.7' }], 'set that header'],
    ['trusted, with a port', 'loopback', ['127.0.0.1', { [forwarded]: '192.0.2.7:4711' }], 'set that header'],
    ['trusted, with an empty header', 'loopback', ['127.0.0.1', { [forwarded]: '' }], 'set that header'],
  ])('%s', async (_, trusted, request, advice) => {
    const { said, counted } = await reported(trusted, request, request, request);
    expect(counted).toBe(3);
    expect(said).toEqual([{ level: 40, proxy: expect.any(String), msg: expect.stringContaining(advice) }]);
  });

  test.each<[what: string, trusted: string, request: Request]>([
    ['no header', 'none', ['127.0.0.1', {}]],
    ['a client on the internet that pretends to forward', 'none', ['192.0.2.7', { [forwarded]: '192.0.2.8' }]],
    ['a trusted proxy', 'loopback', ['127.0.0.1', { [forwarded]: '192.0.2.7' }]],
    ['a trusted proxy, and what the client had claimed', 'loopback', ['::1', { [forwarded]: '10.0.0.9, 192.0.2.7' }]],
    ['a trusted proxy, and a client in a private network', 'loopback', ['127.0.0.1', { [forwarded]: '10.0.0.9' }]],
    ['two trusted proxies', 'loopback,10.0.0.5', ['127.0.0.1', { [forwarded]: '192.0.2.7, 10.0.0.5' }]],
    [
      'a trusted proxy whose client sends the other headers',
      'loopback',
      ['127.0.0.1', { [forwarded]: '192.0.2.7', forwarded: 'for=10.0.0.1', 'x-real-ip': '10.0.0.1' }],
    ],
  ])('says nothing of %s', async (_, trusted, request) => {
    expect(await reported(trusted, request)).toEqual({ said: [], counted: 0 });
  });

  test('at most 16 are named; all are counted', async () => {
    const crowd = Array.from({ length: 20 }, (__, at): Request => [`10.0.0.${at}`, { [forwarded]: '192.0.2.7' }]);
    const { said, counted } = await reported('none', ...crowd);
    expect([said.length, counted]).toEqual([16, 20]);
  });

  test('check notes it from the store, until the setting names it', async () => {
    const { api, path } = await startOnSqliteForTest();
    const notes = (TRUST_PROXY: string[]) => noteProxies(`sqlite:${path}`, { HOST: '127.0.0.1', TRUST_PROXY });
    expect(await notes([])).toEqual([]);
    await api.call('GET', '/healthz', { from: '172.30.0.1', headers: { [forwarded]: '192.0.2.7' } });
    await api.call('GET', '/healthz', { from: 'fd00::5', headers: { forwarded: 'for=192.0.2.7' } });
    await expect
      .poll(() => notes(['10.0.0.5']))
      .toEqual([
        expect.stringContaining('set TRUST_PROXY=10.0.0.5,172.30.0.1.'),
        expect.stringContaining('set TRUST_PROXY=10.0.0.5,fd00::5.'),
      ]);
    expect(await notes(['172.30.0.0/24', 'fd00::5'])).toEqual([]);
  });
});
