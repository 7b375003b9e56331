import { describe, expect, test } from 'vitest';
import { type Call, type Client, password } from '../../support/http/client.ts';
import { memoryLog, startForTest } from '../../support/http/service.ts';
import { manualClock } from '../../support/manual-clock.ts';

const started = async (settings: Record<string, string>) => {
  const { api } = await startForTest({ settings, clock: manualClock() });
  await api.join('john');
  return api;
};
const forwarded = (address: string, from = '127.0.0.1'): Call => ({
  from,
  headers: { 'x-forwarded-for': address },
});
const logIn = (api: Client, secret: string, call: Call = {}) =>
  api.call('POST', '/api/login', { body: { username: 'john', password: secret }, ...call });
/** The address of a login, as the list of sessions shows it. */
const seenAs = async (api: Client, call: Call) => {
  const { access: token } = (await logIn(api, password, call)).body as { access: string };
  const { body } = await api.call('GET', '/api/sessions', { token });
  return (body as { ip: string | null; current: boolean }[]).find(({ current }) => current)?.ip;
};

describe('TRUST_PROXY=none', () => {
  test.each(['192.0.2.7', '::1', '127.0.0.1, 192.0.2.7', 'garbage'])(
    'ignores the forwarded address %s',
    async (address) => {
      const api = await started({});
      expect(await seenAs(api, forwarded(address))).toBe('127.0.0.1');
      expect(await seenAs(api, forwarded(address, '198.51.100.1'))).toBe('198.51.100.1');
    },
  );

  test('does not let a forwarded address avoid a budget', async () => {
    const api = await started({ LOGIN_BUDGET: '3/1m' });
    const guess = (at: number) => logIn(api, 'wrong', forwarded(`192.0.2.${at}`));
    const answers = [await guess(1), await guess(2), await guess(3), await guess(4)];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
  });

  test.each(['forwarded', 'x-real-ip', 'client-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip'])(
    'ignores the header %s',
    async (name) => {
      for (const TRUST_PROXY of ['none', 'loopback']) {
        const api = await started({ TRUST_PROXY });
        expect(await seenAs(api, { headers: { [name]: 'for=192.0.2.7' } })).toBe('127.0.0.1');
        expect(await seenAs(api, { headers: { [name]: '192.0.2.7' } })).toBe('127.0.0.1');
      }
    },
  );
});

describe('TRUST_PROXY', () => {
  test.each([
    ['the address that the proxy saw', 'loopback', '192.0.2.7', '127.0.0.1', '192.0.2.7'],
    ['of a proxy on IPv6', 'loopback', '192.0.2.7', '::1', '192.0.2.7'],
    ['an IPv6 address', 'loopback', '2001:DB8::0001', '127.0.0.1', '2001:db8::1'],
    ['an IPv4 address written as IPv6', 'loopback', '::ffff:192.0.2.7', '127.0.0.1', '192.0.2.7'],
    ['not what the client had claimed before', 'loopback', '203.0.113.9, 192.0.2.7', '127.0.0.1', '192.0.2.7'],
    [
      'behind two trusted proxies',
      '127.0.0.1,10.0.0.0/8',
      '203.0.113.9, 192.0.2.7, 10.1.2.3',
      '127.0.0.1',
      '192.0.2.7',
    ],
    ['not from a client that is not a proxy', 'loopback', '192.0.2.7', '198.51.100.1', '198.51.100.1'],
    ['not from another network', '10.0.0.0/8', '192.0.2.7', '127.0.0.1', '127.0.0.1'],
    ['garbage: the proxy’s own', 'loopback', 'garbage', '127.0.0.1', '127.0.0.1'],
    ['unknown: the proxy’s own', 'loopback', 'unknown', '127.0.0.1', '127.0.0.1'],
    ['an address with a port: the proxy’s own', 'loopback', '192.0.2.7:4711', '127.0.0.1', '127.0.0.1'],
    ['markup: the proxy’s own', 'loopback', `<b>' OR 1=1 --`, '127.0.0.1', '127.0.0.1'],
    ['ten thousand characters: the proxy’s own', 'loopback', 'x'.repeat(10_000), '127.0.0.1', '127.0.0.1'],
    ['nothing: the proxy’s own', 'loopback', '', '127.0.0.1', '127.0.0.1'],
    ['commas alone: the proxy’s own', 'loopback', ',,,', '127.0.0.1', '127.0.0.1'],
  ])('%s', async (_, TRUST_PROXY, header, from, seen) => {
    expect(await seenAs(await started({ TRUST_PROXY }), forwarded(header, from))).toBe(seen);
  });

  test('counts the forwarded address in budgets', async () => {
    const api = await started({ TRUST_PROXY: 'loopback', LOGIN_BUDGET: '3/1m', LOGIN_BUDGET_PER_ACCOUNT: 'off' });
    const guess = (address: string) => logIn(api, 'wrong', forwarded(address));
    for (let time = 0; time < 3; time += 1) await guess('192.0.2.7');
    expect(await guess('192.0.2.7')).toMatchObject({ status: 429 });
    expect(await guess('203.0.113.9, 192.0.2.7')).toMatchObject({ status: 429 });
    expect(await guess('::ffff:192.0.2.7')).toMatchObject({ status: 429 });
    expect(await guess('192.0.2.8')).toMatchObject({ status: 401 });
  });

  test('counts garbage as the proxy’s own address, so that it avoids no budget', async () => {
    const api = await started({ TRUST_PROXY: 'loopback', LOGIN_BUDGET: '3/1m', LOGIN_BUDGET_PER_ACCOUNT: 'off' });
    const answers = [];
    for (const garbage of ['a', 'b', 'c', 'd']) answers.push(await logIn(api, 'wrong', forwarded(garbage)));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
  });

  test('logs that address too', async () => {
    const log = memoryLog();
    const { api } = await startForTest({ settings: { TRUST_PROXY: 'loopback' }, logger: log.logger });
    await api.call('GET', '/healthz', forwarded('192.0.2.7'));
    expect(log.lines().at(-1)).toMatchObject({ msg: 'answered', ip: '192.0.2.7' });
  });
});
