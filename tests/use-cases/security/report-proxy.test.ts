import { parseProxyReportKey, type ProxyReport } from '@mentorship/application';
import { expect, test } from 'vitest';
import { createTestApplication } from '../../support/test-application.ts';
import { minutes } from '../../support/manual-clock.ts';

test.each<ProxyReport>([
  { fault: 'untrusted', address: '172.30.0.1' },
  { fault: 'silent', address: 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' },
])('a report of $address can be read for a day, under a key of at most 64 characters', async (report) => {
  const app = createTestApplication();
  const { fault, address } = report;
  const key = `proxy:${fault}:${address}`;
  expect(key.length).toBeLessThanOrEqual(64);
  expect(parseProxyReportKey(key)).toEqual(report);
  const kept = () => app.ports.attemptDirectory.find([key], app.clock.now()).then((found) => found.get(key) ?? null);
  expect(await kept()).toBeNull();
  await app.reportProxy(report);
  expect(await kept()).toMatchObject({ count: 1 });
  app.clock.advance(minutes(23 * 60));
  await app.reportProxy(report);
  expect(await kept()).toMatchObject({ count: 2 });
  app.clock.advance(minutes(24 * 60));
  expect(await kept()).toBeNull();
});
