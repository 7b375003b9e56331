import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, call } from '../../tests/support/processes/service.ts';
import type { Fate } from './ledger.ts';
import type { Services } from '../support/servers.ts';

/** A client gives up after this long, in milliseconds; nothing should ever take so long. */
const longestAnswer = 10_000;

/** `done`: what was asked for was done; `unavailable`: a 503 problem with Retry-After; `wrong`: anything else. */
type AnswerClass = 'done' | 'unavailable' | 'wrong';

type Body = { id?: number; status?: string; access?: string; refresh?: string; code?: string; detail?: string };

export type Seen = {
  instance: number;
  route: string;
  kind: AnswerClass;
  /** What went wrong, in words. */
  what: string;
  /** By `performance.now()`. */
  sentAt: number;
  answeredAt: number;
  body: Body;
};

/** The clients of several instances, which take turns, and every answer that they have got. */
export type Desk = {
  services: Services;
  seen: Seen[];
  /** `fine` are codes of refusals that the request may meet. */
  send(route: string, how: { body?: unknown; token?: string; instance?: number; fine?: string[] }): Promise<Seen>;
};

export const openDesk = (services: Services): Desk => {
  const seen: Seen[] = [];
  let turn = 0;
  return {
    services,
    seen,
    async send(route, { instance = (turn += 1) % services.length, fine = [], ...request }) {
      const sentAt = performance.now();
      const url = (services[instance] ?? services[0]).url;
      const answer = await Promise.race([
        call<Body>(url, route, request).catch((error: unknown) => String((error as Error).cause ?? error)),
        delay(longestAnswer, 'no answer', { ref: false }),
      ]);
      const judged = judge(answer, fine);
      const one = { instance, route, ...judged, sentAt, answeredAt: performance.now() };
      seen.push(one);
      return one;
    },
  };
};

const judge = (answer: Answer<Body> | string, fine: readonly string[]): Pick<Seen, 'kind' | 'what' | 'body'> => {
  if (typeof answer === 'string') return { kind: 'wrong', what: answer, body: {} };
  const { status, headers, body } = answer;
  const code = body?.code ?? '';
  const what = `${status} ${code}`.trim();
  if ((status >= 200 && status < 300) || fine.includes(code)) return { kind: 'done', what, body };
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const isUnavailable = status === 503 && isProblem && headers.has('retry-after') && code === 'service_unavailable';
  return { kind: isUnavailable ? 'unavailable' : 'wrong', what, body };
};

/** What becomes of a write with this answer. */
export const fateOf = ({ kind, body }: Seen): Fate =>
  kind !== 'done' ? 'unknown' : body?.code === undefined ? 'acknowledged' : 'refused';
