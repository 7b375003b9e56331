import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, describe, expect, test } from 'vitest';
import { operationsOf } from '../../support/http/openapi.ts';
import { startService } from '../../support/http/service.ts';
import type { Call, Method } from '../../support/http/client.ts';

const { api, stop } = await startService({
  settings: {
    REGISTRATION_BUDGET: 'off',
    LOGIN_BUDGET: 'off',
    LOGIN_BUDGET_PER_ADDRESS: 'off',
    LOGIN_BUDGET_PER_ACCOUNT: 'off',
  },
});
const { access: token } = await api.join('john');
afterAll(stop);

/** To sort combining marks in descending order of their class, normalisation takes quadratic time: seconds for this text. */
const marks = [0x300, 0x321, 0x651, 0x64c, 0x5bf, 0x5b8, 0x5b4, 0x5b0];
const longText = `a${marks.map((mark) => String.fromCodePoint(mark).repeat(3900)).join('')}`;

/** The longest delay of the event loop while the requests are answered, in milliseconds. */
const longestDelay = async (send: () => Promise<unknown>): Promise<number> => {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let time = 0; time < 3; time++) await send();
  delay.disable();
  return delay.max / 1e6;
};

const textsOf = (properties: Record<string, { type?: string | string[] }>) =>
  Object.entries(properties).filter(([, { type }]) => [type].flat().some((one) => one === 'string' || one === 'array'));

const fields = operationsOf(api.document).flatMap(({ method, path, operation }) =>
  textsOf(operation.requestBody?.content['application/json'].schema.properties ?? {}).map(([field, { type }]) => ({
    route: `${method} ${path}`,
    field,
    method: method as Method,
    url: path.replace('{id}', '1'),
    value: (text: string): unknown => ([type].flat().includes('array') ? [text] : text),
  })),
);

/** How many times the delay of an ordinary request a long text may cause. Without a bound it is several hundred times. */
const largestRatio = 20;

describe('a text of 62 KiB holds the event loop no longer than an ordinary one', () => {
  test.each(fields)('as $field of $route', async ({ field, method, url, value }) => {
    const send = (text: string) => () => {
      const required =
        url === '/api/registration' || url === '/api/login' ? { username: 'eve', password: 'short' } : {};
      return api.call(method, url, { token, body: { ...required, [field]: value(text) } } satisfies Call);
    };
    const ordinary = await longestDelay(send('x'));
    expect(await longestDelay(send(longText))).toBeLessThan(largestRatio * Math.max(ordinary, 5));
    expect((await send(longText)()).status).toBeLessThan(500);
  });

  test.each(['q', 'skill', 'mentor', 'username', 'cursor', 'limit', 'accepting'])('as the query %s', async (name) => {
    const send = (text: string) => () => api.call('GET', `/api/users?${name}=${encodeURIComponent(text)}`, { token });
    const ordinary = await longestDelay(send('x'));
    // As much as fits into 16 KiB of headers.
    expect(await longestDelay(send(longText.slice(0, 2600)))).toBeLessThan(largestRatio * Math.max(ordinary, 5));
  });
});
