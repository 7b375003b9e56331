import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser } from '../support/processes/browser.ts';
import { operationsOf } from '../support/http/openapi.ts';
import { type Service, startService } from '../support/http/service.ts';

let browser: Browser;
let service: Service;
let origin: string;
let page: Page;
/** Events that must not happen while the page is used, in order. */
let faults: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

beforeEach(async () => {
  service = await startService();
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  origin = service.app.listeningOrigin;
  faults = [];

  const context = await browser.newContext();
  context.on('request', (request) => {
    const { protocol, origin: host } = new URL(request.url());
    if (host !== origin && !['data:', 'blob:'].includes(protocol)) faults.push(`asks another host: ${request.url()}`);
  });
  context.on('requestfailed', (request) => faults.push(`fails: ${request.url()} ${request.failure()?.errorText}`));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => faults.push(`throws: ${error.error().message}`));
  await context.addInitScript(
    `addEventListener('securitypolicyviolation', (event) =>
       console.error('breaks its policy: ' + event.violatedDirective + ' ' + event.blockedURI))`,
  );
  page = await context.newPage();
});

afterEach(async () => {
  await page.context().close();
  await service.stop();
});

const open = async (url: string): Promise<void> => {
  await page.goto(origin + url, { waitUntil: 'networkidle' });
  expect(faults).toEqual([]);
  await page.getByRole('heading', { name: 'Mentorship API', level: 1 }).waitFor();
};

/** Opens the client of one operation, sends the proposed request, and returns the response as the page shows it. */
const sendFromPage = async (operation: string): Promise<string> => {
  await page.getByRole('link', { name: operation, exact: true }).click();
  await page.getByRole('button', { name: `Test Request (${operation})`, exact: true }).click();
  const client = page.getByRole('dialog', { name: 'API Client' });
  await client.getByRole('button', { name: /^Send \w+ request to/ }).click();
  const answer = client.getByRole('region', { name: 'Response' });
  await answer.getByRole('link', { name: /^\d{3} / }).waitFor();
  await answer.getByText('application/json').waitFor();
  return answer.innerText();
};

test.each(['/docs', '/docs/'])('%s shows every operation and contacts no other host', async (url) => {
  await open(url);

  expect(await page.title()).toBe('Mentorship API');
  const operations = operationsOf(service.api.document);
  expect(operations.length).toBeGreaterThanOrEqual(12);
  for (const { method, path } of operations)
    await page.getByRole('link', { name: `${method.toLowerCase()} ${path}`, exact: true }).waitFor();
  expect(faults).toEqual([]);
});

test('its policy runs only the scripts of the service', async () => {
  const { headers } = await service.app.inject('/docs');

  const policy = String(headers['content-security-policy']).split(';');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).toContainEqual(expect.stringMatching(/^script-src 'self' 'sha256-[\w+/]{43}='$/));
  expect(policy.join()).not.toMatch(/https?:|\*|unsafe-eval/);
});

test('sends a request from the page and shows the response', async () => {
  await service.api.join('alice');
  await open('/docs');

  const answer = await sendFromPage('post /api/registration');

  expect(answer).toContain('201 Created');
  expect(answer).toMatch(/"mentor_username": "alice"/);
  await service.api.logIn('john');
  expect(faults).toEqual([]);
});

test('sends the pasted access token', async () => {
  const { access } = await service.api.join('alice');
  await open('/docs');
  await page.getByRole('textbox', { name: 'Bearer Token' }).first().fill(access);

  const answer = await sendFromPage('get /api/users/me');

  expect(answer).toContain('200 OK');
  expect(answer).toMatch(/"username": "alice"/);
  expect(faults).toEqual([]);
});
