import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, call } from '../../tests/support/processes/service.ts';
import type { Fate } from './ledger.ts';
import type { Services } from '../support/servers.ts';

/** The timeout of a client in milliseconds, which no response should reach. */
const clientTimeoutMs = 10_000;

/** `done`: the request succeeded; `unavailable`: a 503 problem with Retry-After; `wrong`: anything else. */
type Outcome = 'done' | 'unavailable' | 'wrong';

type Body = { id?: number; status?: string; access?: string; refresh?: string; code?: string; detail?: string };

export type Seen = {
  instance: number;
  route: string;
  outcome: Outcome;
  /** The status and code, or the error. */
  what: string;
  /** By `performance.now()`. */
  sentAt: number;
  answeredAt: number;
  body: Body;
};

/** Sends requests to the instances in rotation, and keeps every response. */
export type Desk = {
  services: Services;
  seen: Seen[];
  /** `fine` are the codes of expected refusals. */
  send(route: string, how: { body?: unknown; token?: string; instance?: number; fine?: string[] }): Promise<Seen>;
};

export const openDesk = (services: Services): Desk => {
  const seen: Seen[] = [];
  let next = 0;
  return {
    services,
    seen,
    async send(route, { instance = (next += 1) % services.length, fine = [], ...request }) {
      const sentAt = performance.now();
      const url = (services[instance] ?? services[0]).url;
      const answer = await Promise.race([
        call<Body>(url, route, request).catch((error: unknown) => String((error as Error).cause ?? error)),
        delay(clientTimeoutMs, 'no answer', { ref: false }),
      ]);
      const judged = judge(answer, fine);
      const one = { instance, route, ...judged, sentAt, answeredAt: performance.now() };
      seen.push(one);
      return one;
    },
  };
};

const judge = (answer: Answer<Body> | string, fine: readonly string[]): Pick<Seen, 'outcome' | 'what' | 'body'> => {
  if (typeof answer === 'string') return { outcome: 'wrong', what: answer, body: {} };
  const { status, headers, body } = answer;
  const code = body?.code ?? '';
  const what = `${status} ${code}`.trim();
  if ((status >= 200 && status < 300) || fine.includes(code)) return { outcome: 'done', what, body };
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const isUnavailable = status === 503 && isProblem && headers.has('retry-after') && code === 'service_unavailable';
  return { outcome: isUnavailable ? 'unavailable' : 'wrong', what, body };
};

/** The fate of a write with this response. */
export const fateOf = ({ outcome, body }: Seen): Fate =>
  outcome !== 'done' ? 'unknown' : body?.code === undefined ? 'acknowledged' : 'refused';
