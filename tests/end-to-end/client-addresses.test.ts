import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import {
  hasNginx,
  howToGetNginx,
  shippedComposeConf,
  shippedNginxConf,
  startNginx,
} from '../support/processes/nginx.ts';
import { createDatabase, register, startService } from '../support/processes/service.ts';

vi.setConfig({ testTimeout: 60_000 });

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const owner = '127.0.0.5';
const attacker = '127.0.0.6';

/** Sends a login from an address of this machine. */
const logInFrom = async (localAddress: string, url: string, password: string, headers: Record<string, string> = {}) => {
  const body = JSON.stringify({ username: 'john', password });
  const sent = request(`${url}/api/login`, {
    method: 'POST',
    localAddress,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject).end(body);
  });
  return { status: response.statusCode, body: JSON.parse(await text(response)) as Record<string, string> };
};

/** An attacker uses up the limit of their own address, whatever headers they send, and of no other. */
const expectOwnLimits = async (url: string) => {
  await register(url, 'john');
  for (let guess = 0; guess < 10; guess += 1)
    await logInFrom(attacker, url, 'wrong', { 'x-forwarded-for': `192.0.2.${guess}`, 'x-real-ip': owner });
  expect(await logInFrom(attacker, url, 'wrong', { 'x-forwarded-for': '192.0.2.99' })).toMatchObject({ status: 429 });
  const { status, body } = await logInFrom(owner, url, '12345678');
  expect(status).toBe(200);
  const sessions = await fetch(`${url}/api/sessions`, { headers: { authorization: `Bearer ${body['access']}` } });
  expect(await sessions.json()).toMatchObject([{ ip: owner }]);
};

/** Lets nginx connect from another address of this machine. */
const connectingFrom = (address: string, conf: string) =>
  conf.replace('proxy_http_version 1.1;', `proxy_http_version 1.1;\n        proxy_bind ${address};`);

describe('clients count by their own addresses', () => {
  beforeEach(({ skip }) => skip(!hasNginx(), howToGetNginx));
  const manual = read('docs/operations.md');
  const [, script = ''] = /^sed '(.*)' deploy\/nginx\.conf/m.exec(manual) ?? [];
  const confPath = fileURLToPath(new URL('../../deploy/nginx.conf', import.meta.url));
  const oneInstance = () => execFileSync('sed', [script, confPath], { encoding: 'utf8' });

  test('with the recipe of one machine', async () => {
    await using database = await createDatabase('sqlite');
    const [, TRUST_PROXY = ''] = /^echo 'TRUST_PROXY=(.*)' \|/m.exec(manual) ?? [];
    await using service = await startService({ DATABASE_URL: database.url, TRUST_PROXY });
    await using nginx = await startNginx([service.url], oneInstance());
    await expectOwnLimits(nginx.url);
    expect(service.output.stdout).not.toContain('TRUST_PROXY');
  });

  test('with compose.yaml, behind a proxy on the same machine', async () => {
    const { services, networks } = parse(read('compose.yaml'), { merge: true });
    const [gateway, ownAddress] = ['127.0.0.2', '127.0.0.3'];
    const local = (conf: string) =>
      conf
        .replaceAll(networks.default.ipam.config[0].gateway, gateway)
        .replaceAll(services.nginx.networks.default.ipv4_address, ownAddress);
    expect(services.nginx.volumes).toContain('./deploy/nginx-in-compose.conf:/etc/nginx/conf.d/in-compose.conf:ro');

    await using database = await createDatabase('sqlite');
    const { TRUST_PROXY } = services['api-1'].environment;
    await using service = await startService({ DATABASE_URL: database.url, TRUST_PROXY: local(TRUST_PROXY) });
    const inCompose = connectingFrom(ownAddress, shippedNginxConf) + local(shippedComposeConf);
    await using inner = await startNginx([service.url, service.url, service.url], inCompose);
    await using outer = await startNginx([inner.url], connectingFrom(gateway, oneInstance()));
    await expectOwnLimits(outer.url);
    expect(service.output.stdout).not.toContain('TRUST_PROXY');
  });
});

test('the start warns of an address that other machines reach while no proxy is trusted', async () => {
  const bannerOf = async (settings: Record<string, string>) => {
    await using service = await startService({ DATABASE_URL: 'memory:', ...settings });
    return vi.waitFor(() => {
      expect(service.output.stderr).toMatch(/\n\n$/);
      return service.output.stderr;
    });
  };
  const banner = await bannerOf({ HOST: '0.0.0.0', LOG_LEVELS: 'x' });
  expect(banner).toContain('\nHOST is 0.0.0.0 and TRUST_PROXY is none. If a proxy ');
  expect(banner).toContain(
    '\nThe environment sets LOG_LEVELS, which is not a setting. If you mean LOG_LEVEL, write that.',
  );
  expect(await bannerOf({ HOST: '0.0.0.0', TRUST_PROXY: '10.0.0.5' })).not.toContain('TRUST_PROXY');
  expect(await bannerOf({ HOST: '127.0.0.2' })).not.toContain('TRUST_PROXY');
});
