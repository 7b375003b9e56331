import { existsSync, readFileSync } from 'node:fs';
import { readConfig, settings } from '@mentorship/http/config';
import ms from 'ms';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { shippedNginxConf } from '../support/processes/nginx.ts';

type Service = {
  image: string;
  build?: string;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  networks?: { default: { ipv4_address: string } };
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
};
type Compose = { services: Record<string, Service>; volumes: object };

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const { services, volumes } = parse(read('compose.yaml'), { merge: true }) as Compose;
const { nginx, postgres, ...instances } = services;
const each = Object.entries(instances);
const seconds = (text = '') => ms(text as ms.StringValue) / 1000;

describe('compose.yaml', () => {
  test('has three equal instances with fixed addresses, which nginx lists by name', () => {
    expect(each).toHaveLength(3);
    const [[, { networks: _, ...shared }] = ['', { networks: undefined, image: '' }]] = each;
    for (const [, { networks: __, ...instance }] of each) expect(instance).toEqual(shared);
    const addresses = Object.values(services).flatMap(({ networks }) => networks?.default.ipv4_address ?? []);
    expect(new Set(addresses).size).toBe(4);
    const upstream = [...shippedNginxConf.matchAll(/^ +server (\S+):3000 /gm)].map(([, name]) => name);
    expect(upstream).toEqual(each.map(([name]) => name));
  });

  test.each(each)('%s sets only DATABASE_URL and TRUST_PROXY, both valid', (_, { environment = {} }) => {
    expect(Object.keys(environment)).toEqual(['DATABASE_URL', 'TRUST_PROXY']);
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(Object.keys(environment)));
    const DATABASE_URL = environment['DATABASE_URL']?.replace(/\$\{POSTGRES_PASSWORD:[^}]*\}/, 'secret') ?? '';
    const { hostname, username } = new URL(DATABASE_URL);
    expect({ hostname, username }).toEqual({
      hostname: 'postgres',
      username: postgres?.environment?.['POSTGRES_USER'],
    });
    expect(readConfig({ ...environment, DATABASE_URL }).TRUST_PROXY).toEqual([nginx?.networks?.default.ipv4_address]);
  });

  test.each(each)(
    '%s has a stop timeout above the shutdown time, and nginx closes idle connections within the grace',
    (_, instance) => {
      const grace = seconds(settings.SHUTDOWN_GRACE.fallback);
      const maxRequestSeconds = 15;
      expect(seconds(instance.stop_grace_period)).toBeGreaterThan(grace + maxRequestSeconds);
      const idle = /^ +keepalive_timeout (\w+);/m.exec(shippedNginxConf)?.[1];
      expect(seconds(idle)).toBeGreaterThan(0);
      expect(seconds(idle)).toBeLessThan(grace / 2);
    },
  );

  test('publishes only the port of nginx, waits for healthy services, and keeps the database', () => {
    for (const [name, service] of each) {
      expect(service.ports).toBeUndefined();
      expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
      expect(nginx?.depends_on?.[name]).toEqual({ condition: 'service_healthy' });
    }
    expect(postgres?.ports).toBeUndefined();
    expect(postgres?.healthcheck?.test).toContain('pg_isready');
    const [port = ''] = nginx?.ports ?? [];
    expect(shippedNginxConf).toContain(`listen ${port.split(':').at(-1)};`);
    expect(Object.keys(volumes)).toContain(postgres?.volumes?.[0]?.split(':')[0]);
    const [conf = ''] = nginx?.volumes ?? [];
    expect(existsSync(new URL(`../../${conf.split(':')[0]}`, import.meta.url))).toBe(true);
  });
});
